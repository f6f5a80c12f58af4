// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.impact.Impact.Weight;
import io.gitlb.reconciler.impact.ImpactInput.Sight;
import io.gitlb.reconciler.impact.ImpactInput.Stage;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.reconciler.plan.PlanInput;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.reconciler.plan.Planner;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.DefinitionReader;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ImpactTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String L2 = "---\nkind: L2Advertisement\nmetadata: {name: lan}\n";

  private final ViewBuilder view = new ViewBuilder().node("a").node("b");
  private Sight sight = Sight.WHOLE;
  private ImpactInput.Approvals approvals = ImpactInput.Approvals.NONE;

  private static String pool(String name, String range) {
    return "---\nkind: IPAddressPool\nmetadata: {name: %s}\nspec: {addresses: [\"%s\"]}\n"
        .formatted(name, range);
  }

  private static String pin(String service, String address) {
    return "---\nkind: PinnedIP\nmetadata: {name: pin}\nspec: {service: %s, addresses: [\"%s\"]}\n"
        .formatted(service, address);
  }

  private static String peer(String name, String address, String holdTime) {
    return ("---\nkind: BGPPeer\nmetadata: {name: %s}\nspec: {myASN: 64512, peerASN: 64513,"
            + " peerAddress: %s, holdTime: %s}\n")
        .formatted(name, address, holdTime);
  }

  private static Definitions read(String yaml) {
    ReadResult result =
        DefinitionReader.read(
            List.of(
                new ConfigFile("t.yaml", yaml.replace("kind:", "apiVersion: gitlb.io/v1\nkind:"))));
    return assertInstanceOf(ReadResult.Accepted.class, result, result::toString).definitions();
  }

  private void live(String... services) {
    for (String name : services) {
      view.service(service(name)).endpoints(name, "a", "b");
    }
  }

  private void approveAll() {
    approvals = held -> new TreeSet<>(held.stream().map(record -> record.address()).toList());
  }

  private Ledger settled(Definitions definitions) {
    Plan plan =
        Planner.planOnce(
            new PlanInput(
                definitions,
                "1".repeat(40),
                Optional.empty(),
                Ledger.EMPTY,
                view.build(),
                SpeakerFacts.NONE,
                Adoption.CLOSED,
                NOW));
    Ledger ledger = Ledger.EMPTY;
    for (LedgerEdit edit : plan.edits()) {
      ledger = ledger.with(edit);
    }
    return ledger;
  }

  private Impact impact(String before, String after) {
    return impact(before, after, settled(read(before)));
  }

  private Impact impact(String before, String after, Ledger ledger) {
    return Impacts.of(
        new ImpactInput(
            new Stage("1".repeat(40), read(before)),
            new Stage("2".repeat(40), read(after)),
            Collections.emptySortedMap(),
            ledger,
            view.build(),
            sight,
            new TreeSet<>(List.of(new NodeName("a"), new NodeName("b"))),
            SnapshotMap.<IpAddress, NodeName>empty()
                .with(IpAddress.of("10.0.0.1"), new NodeName("a")),
            approvals,
            NOW));
  }

  /// `service kind before -> after / approved`
  private static List<String> words(Impact impact) {
    return impact.consequences().stream()
        .map(
            one ->
                "%s %s %s -> %s / %s"
                    .formatted(
                        one.service(),
                        one.kind().text(),
                        one.before(),
                        one.after(),
                        one.approved()))
        .toList();
  }

  @Test
  void whoseAddressIsTakenOutOfThePoolIsHeldAndMovesOnceThatIsApproved() {
    live("x/a", "x/b");
    Impact impact =
        impact(pool("p", "10.0.0.1-10.0.0.9") + L2, pool("p", "10.0.0.2-10.0.0.9") + L2);
    assertEquals(
        List.of(
            "x/a held [10.0.0.1] -> [10.0.0.1] / [10.0.0.3]",
            "x/b keeps [10.0.0.2] -> [10.0.0.2] / [10.0.0.2]"),
        words(impact));
    assertEquals(
        List.of(IpAddress.of("10.0.0.1")),
        impact.toApprove().stream().map(record -> record.address()).toList());
    assertEquals(Weight.DISRUPTS, impact.weight());
    assertEquals(
        Optional.of(new NodeName("a")),
        impact.consequences().getFirst().holdings().getFirst().announcer());
  }

  @Test
  void whoFindsNoOtherAddressLosesItOnceThatIsApproved() {
    live("x/a");
    Impact impact = impact(pool("p", "10.0.0.1-10.0.0.1") + L2, L2);
    assertEquals(List.of("x/a held [10.0.0.1] -> [10.0.0.1] / []"), words(impact));
  }

  @Test
  void whatIsApprovedMovesAtOnce() {
    live("x/a");
    approveAll();
    Impact impact =
        impact(pool("p", "10.0.0.1-10.0.0.9") + L2, pool("p", "10.0.0.2-10.0.0.9") + L2);
    assertEquals(List.of("x/a moves [10.0.0.1] -> [10.0.0.2] / [10.0.0.2]"), words(impact));
    assertEquals(List.of(), impact.toApprove());
  }

  @Test
  void aPinMovesItsService() {
    live("x/a");
    String pool = pool("p", "10.0.0.1-10.0.0.9") + L2;
    assertEquals(
        List.of("x/a moves [10.0.0.1] -> [10.0.0.7] / [10.0.0.7]"),
        words(impact(pool, pool + pin("x/a", "10.0.0.7"))));
  }

  @Test
  void withoutItsAdvertisementAnAddressIsHeldAndNotAnnouncedOnceThatIsApproved() {
    live("x/a");
    String pool = pool("p", "10.0.0.1-10.0.0.9");
    assertEquals(
        List.of("x/a held [10.0.0.1] -> [10.0.0.1] / [10.0.0.1]"), words(impact(pool + L2, pool)));
    approveAll();
    Impact impact = impact(pool + L2, pool);
    assertEquals(List.of("x/a not announced [10.0.0.1] -> [10.0.0.1] / [10.0.0.1]"), words(impact));
    assertEquals(
        "[OwnerChange[address=10.0.0.1, before=Optional[a], after=Optional.empty]]",
        impact.owners().toString());
  }

  @Test
  void whoWaitedGains() {
    live("x/a", "x/b");
    Impact impact =
        impact(pool("p", "10.0.0.1-10.0.0.1") + L2, pool("p", "10.0.0.1-10.0.0.2") + L2);
    assertEquals(
        List.of(
            "x/b gains [] -> [10.0.0.2] / [10.0.0.2]",
            "x/a keeps [10.0.0.1] -> [10.0.0.1] / [10.0.0.1]"),
        words(impact));
    assertEquals(Weight.CHANGES, impact.weight());
    assertEquals(
        "PoolUse[size=2, used=2]", impact.pools().getFirst().after().orElseThrow().toString());
  }

  @Test
  void whatWasHeldIsRestoredWhenThePoolComesBack() {
    live("x/a");
    String whole = pool("p", "10.0.0.1-10.0.0.9") + L2;
    String shrunk = pool("p", "10.0.0.2-10.0.0.9") + L2;
    Ledger held = settled(read(whole));
    for (LedgerEdit edit :
        Planner.planOnce(
                new PlanInput(
                    read(shrunk),
                    "2".repeat(40),
                    Optional.of("1".repeat(40)),
                    held,
                    view.build(),
                    SpeakerFacts.NONE,
                    Adoption.CLOSED,
                    NOW))
            .edits()) {
      held = held.with(edit);
    }
    assertEquals(
        List.of("x/a restored [10.0.0.1] -> [10.0.0.1] / [10.0.0.1]"),
        words(impact(shrunk, whole, held)));
    Impact still = impact(shrunk, pool("p", "10.0.0.2-10.0.0.19") + L2, held);
    assertEquals(List.of("x/a still held [10.0.0.1] -> [10.0.0.1] / [10.0.0.2]"), words(still));
    assertEquals(Weight.CHANGES, still.weight());
    assertEquals(1, still.toApprove().size());
  }

  @Test
  void whereTheDocumentsStandAndHowTheyAreWrittenDoesNotMatter() {
    live("x/a");
    Impact impact =
        impact(
            pool("p", "10.0.0.0/28") + L2, L2 + "---\n# moved\n" + pool("p", "10.0.0.0-10.0.0.15"));
    assertEquals(Weight.NOTHING, impact.weight());
  }

  @Test
  void whoIsNotInTheFactsIsUnknownUnlessNothingOfItsPoolChanges() {
    live("x/a");
    String before = pool("p", "10.0.0.1-10.0.0.9") + pool("q", "10.1.0.1-10.1.0.9") + L2;
    Ledger ledger = settled(read(before));
    view.without("x/a");
    sight = Sight.REMEMBERED;
    assertEquals(
        List.of("x/a unknown [10.0.0.1] -> [10.0.0.1] / [10.0.0.1]"),
        words(impact(before, pool("p", "10.0.0.1-10.0.0.19") + L2, ledger)));
    assertEquals(
        List.of("x/a unseen [10.0.0.1] -> [10.0.0.1] / [10.0.0.1]"),
        words(impact(before, pool("p", "10.0.0.1-10.0.0.9") + L2, ledger)));
    assertEquals(
        List.of("x/a held [10.0.0.1] -> [10.0.0.1] / [10.1.0.1]"),
        words(impact(before, pool("q", "10.1.0.1-10.1.0.9") + L2, ledger)));
  }

  @Test
  void whoIsNotInALiveViewIsGone() {
    live("x/a");
    String before = pool("p", "10.0.0.1-10.0.0.9") + L2;
    Ledger ledger = settled(read(before));
    view.without("x/a");
    assertEquals(List.of(), words(impact(before, before, ledger)));
  }

  @Test
  void prefixesAndSessionsThatChangeAreNamed() {
    live("x/a");
    approveAll();
    String pool = pool("p", "10.0.0.1-10.0.0.9");
    String ad = "---\nkind: BGPAdvertisement\nmetadata: {name: r}\nspec: {peers: [%s]}\n";
    Impact impact =
        impact(
            pool
                + ad.formatted("one")
                + peer("one", "10.9.0.1", "9s")
                + peer("old", "10.9.0.8", "9s"),
            pool
                + ad.formatted("two")
                + peer("one", "10.9.0.1", "30s")
                + peer("two", "10.9.0.2", "9s"));
    assertEquals(
        List.of("one 10.0.0.1/32 withdrawn [a, b] []", "two 10.0.0.1/32 added [] [a, b]"),
        impact.routes().stream()
            .map(
                one ->
                    "%s %s %s %s %s"
                        .formatted(
                            one.peer(), one.prefix(), one.kind().text(), one.before(), one.after()))
            .toList());
    assertEquals(
        List.of("old closed [a, b]", "one reset [a, b]", "two opened [a, b]"),
        impact.sessions().stream()
            .map(one -> "%s %s %s".formatted(one.peer(), one.kind().text(), one.nodes()))
            .toList());
  }

  @Test
  void aPeerThatOnlyHasAnotherNameIsNoChange() {
    live("x/a");
    approveAll();
    String pool = pool("p", "10.0.0.1-10.0.0.9");
    String ad = "---\nkind: BGPAdvertisement\nmetadata: {name: r}\nspec: {peers: [%s]}\n";
    Impact impact =
        impact(
            pool + ad.formatted("one") + peer("one", "10.9.0.1", "9s"),
            pool + ad.formatted("two") + peer("two", "10.9.0.1", "9s"));
    assertEquals(List.of(), impact.routes());
    assertEquals(List.of(), impact.sessions());
  }
}
