// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.loop.SpeakerWords.Holding;
import io.gitlb.reconciler.loop.SpeakerWords.Said;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AnnouncedConditionTest {

  private static final IpAddress A = IpAddress.of("10.0.0.1");
  private static final IpAddress B = IpAddress.of("10.0.0.2");

  private final AnnouncingPicture picture = new AnnouncingPicture();
  private SnapshotMap<IpAddress, SortedSet<NodeName>> placed = SnapshotMap.empty();
  private SnapshotMap<IpAddress, NotAnnounced> notAnnounced = SnapshotMap.empty();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Owners owners = new Owners();
  private SnapshotMap<IpAddress, Said> said = SnapshotMap.empty();
  private SnapshotMap<NodeName, NodeContent> contents = SnapshotMap.empty();

  private static SortedSet<NodeName> nodes(String... names) {
    SortedSet<NodeName> nodes = new TreeSet<>();
    List.of(names).forEach(name -> nodes.add(new NodeName(name)));
    return nodes;
  }

  private void announced(IpAddress address, String... nodes) {
    said = said.with(address, new Said(nodes(nodes), new TreeMap<>(), new TreeMap<>()));
  }

  /// On a link, from one node and by BGP perhaps from others.
  private void holds(IpAddress address, String node, String since, int position, String... others) {
    SortedMap<NodeName, Holding> onLink = new TreeMap<>();
    onLink.put(new NodeName(node), new Holding(Instant.parse(since), position));
    SortedSet<NodeName> all = nodes(others);
    all.add(new NodeName(node));
    said = said.with(address, new Said(all, onLink, new TreeMap<>()));
  }

  private void failing(IpAddress address, String node, String reason) {
    SortedMap<NodeName, String> reasons = new TreeMap<>();
    reasons.put(new NodeName(node), reason);
    said = said.with(address, new Said(nodes(), new TreeMap<>(), reasons));
  }

  private SnapshotMap<IpAddress, Announcing> next() {
    for (IpAddress address : List.of(A, B)) {
      owners.follow(address, said.find(address), _ -> true);
    }
    return picture.next(
        said, owners.owned(), new DesiredContent(contents, placed, notAnnounced), now);
  }

  private String condition(IpAddress... addresses) {
    Condition condition = AnnouncedCondition.of(List.of(addresses), next());
    return condition.status() + " " + condition.reason() + ": " + condition.message();
  }

  @Test
  void withoutAnAddressThereIsNothingToAnnounce() {
    assertEquals("False NotAllocated: it has no address", condition());
  }

  @Test
  void itIsPendingUntilEveryAddressIsAnnounced() {
    assertEquals("Unknown Pending: 10.0.0.1 is not handed to the speakers yet", condition(A, B));
    placed = placed.with(A, nodes("n1", "n2")).with(B, nodes("n2"));
    assertEquals("Unknown Pending: 10.0.0.1 was handed to n1, n2", condition(A, B));
    announced(A, "n1");
    assertEquals("Unknown Pending: 10.0.0.2 was handed to n2", condition(A, B));
    announced(B, "n2");
    assertEquals("True Announced: 10.0.0.1 from n1; 10.0.0.2 from n2", condition(A, B));
  }

  @Test
  void manyNodesAreCounted() {
    announced(A, "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "o1");
    assertEquals(
        "True Announced: 10.0.0.1 from n1, n2, n3, n4, n5, n6, n7, n8 and 2 more", condition(A));
  }

  @Test
  void oneNodeThatFailsMattersWhenNoOtherAnnounces() {
    placed = placed.with(A, nodes("n1", "n2"));
    failing(A, "n2", "NoCapture");
    assertEquals("False NoCapture: 10.0.0.1 is not announced from n2", condition(A));
    SortedMap<NodeName, String> reasons = new TreeMap<>();
    reasons.put(new NodeName("n2"), "NoCapture");
    said = said.with(A, new Said(nodes("n1"), new TreeMap<>(), reasons));
    assertEquals("True Announced: 10.0.0.1 from n1", condition(A));
  }

  @Test
  void aStateThatIsTooOldIsExplained() {
    placed = placed.with(A, nodes("n1"));
    failing(A, "n1", "StateTooOld");
    assertEquals(
        "False StateTooOld: 10.0.0.1 is not announced from n1: the node was away, and what its"
            + " speaker has on disk is older than --max-state-age (GLB6019); it announces again"
            + " when it has the reconciler's state: look at what keeps that from it",
        condition(A));
  }

  @Test
  void aMissingSecretIsNamed() {
    PeerName tor = new PeerName("tor");
    PeerSettings peer =
        new PeerSettings(
            tor,
            new Asn(64_512),
            new Asn(64_513),
            IpAddress.of("192.0.2.1"),
            179,
            Duration.ofSeconds(90),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Hops.SINGLE);
    PeerPassword missing = new PeerPassword.Missing("there is no Secret tor");
    BgpRoute route =
        new BgpRoute(IpPrefix.host(A), OptionalLong.empty(), List.of(), new TreeSet<>(Set.of(tor)));
    Announcement announcement =
        new Announcement(
            A,
            new Announcement.Owner.Services(new TreeSet<>(Set.of(new ServiceRef("demo", "web")))),
            "{}",
            Optional.empty(),
            List.of(route),
            OptionalInt.empty());
    contents =
        contents.with(
            new NodeName("n1"),
            new NodeContent(
                SnapshotMap.<IpAddress, Announcement>empty().with(A, announcement),
                List.of(peer.withExtras(peer.extras().withPassword(missing)))));
    placed = placed.with(A, nodes("n1"));
    failing(A, "n1", "PeerNotDialled");
    assertEquals(
        "False PeerNotDialled: 10.0.0.1 is not announced from n1: BGPPeer tor: there is no Secret"
            + " tor",
        condition(A));
  }

  @Test
  void anAddressThatNobodyIsToAnnounceComesFirst() {
    announced(A, "n1");
    notAnnounced = notAnnounced.with(B, new NotAnnounced(Reason.NO_ENDPOINT, "no endpoint"));
    failing(A, "n1", "NoCapture");
    assertEquals("False NoEndpoint: 10.0.0.2: no endpoint", condition(A, B));
  }

  @Test
  void theOwnerIsNamedSinceWhenAndFromWhichPlaceOnTheList() {
    holds(A, "n1", "2026-01-01T00:00:07.123Z", 2);
    assertEquals(
        "True Announced: 10.0.0.1 from n1 since 2026-01-01T00:00:07Z (candidate 2)", condition(A));
    holds(A, "n1", "2026-01-01T00:00:07Z", 2, "n2", "n3");
    assertEquals(
        "True Announced: 10.0.0.1 from n1 and n2, n3 since 2026-01-01T00:00:07Z (candidate 2)",
        condition(A));
  }

  @Test
  void whatIsNoNewsIsNoOtherWord() {
    holds(A, "n1", "2026-01-01T00:00:07Z", 0);
    SnapshotMap<IpAddress, Announcing> before = next();
    holds(A, "n1", "2026-01-01T05:00:00Z", 2);
    assertSame(before, next(), "a restarted speaker, another place on the list");
    holds(A, "n2", "2026-01-01T05:00:00Z", 0);
    assertEquals("True Announced: 10.0.0.1 from n2 since 2026-01-01T05:00:00Z", condition(A));
  }

  @Test
  void whileTwoHoldTheOneThatWasStaysTheOwner() {
    holds(A, "n2", "2026-01-01T00:00:07Z", 0);
    next();
    SortedMap<NodeName, Holding> both = new TreeMap<>();
    both.put(new NodeName("n1"), new Holding(Instant.EPOCH, 1));
    both.put(new NodeName("n2"), new Holding(Instant.EPOCH, 1));
    said = said.with(A, new Said(nodes("n1", "n2"), both, new TreeMap<>()));
    assertEquals(
        "True Announced: 10.0.0.1 from n2 and n1 since 2026-01-01T00:00:07Z", condition(A));
    said = said.without(A);
    next();
    assertEquals("n2", requireNonNull(owners.nodes().get(A)).value(), "nobody else holds it");
    owners.follow(A, Optional.empty(), _ -> false);
    assertEquals(Optional.empty(), owners.nodes().find(A), "it has no record any more");
  }

  @Test
  void aMomentWithoutAnAnnouncerIsNotTold() {
    placed = placed.with(A, nodes("n1", "n2"));
    holds(A, "n1", "2026-01-01T00:00:07Z", 1);
    SnapshotMap<IpAddress, Announcing> before = next();
    said = said.without(A);
    assertSame(before, next());
    assertEquals(Optional.of(now.plus(AnnouncingPicture.PATIENCE)), picture.due());
    holds(A, "n1", "2026-01-01T00:00:07Z", 1);
    assertSame(before, next());
    assertEquals(Optional.empty(), picture.due());
    said = said.without(A);
    next();
    now = now.plus(AnnouncingPicture.PATIENCE);
    assertEquals("Unknown Pending: 10.0.0.1 was handed to n1, n2", condition(A));
    assertEquals(Optional.empty(), picture.due());
    holds(A, "n1", "2026-01-01T00:00:07Z", 1);
    next();
    failing(A, "n1", "NoCapture");
    assertEquals("False NoCapture: 10.0.0.1 is not announced from n1", condition(A));
  }

  @Test
  void onlyWhatChangedIsAnotherObject() {
    announced(A, "n1");
    announced(B, "n1");
    SnapshotMap<IpAddress, Announcing> before = next();
    assertSame(before, next());
    announced(B, "n2");
    SnapshotMap<IpAddress, Announcing> after = next();
    assertEquals(List.of(B), after.changesSince(before).stream().map(c -> c.key()).toList());
    assertSame(before.find(A).orElseThrow(), after.find(A).orElseThrow());
    said = said.without(B);
    assertEquals(List.of(A), List.copyOf(next().keySet()));
  }
}
