// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Fleet;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.DefinitionReader;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Plans again and again on its own results, as the loop does, without anything around it. Statuses
/// show what was decided at once.
final class PlanStory {

  private static final ClusterName HERE = new ClusterName("here");

  static final String NO_COMMIT = "0".repeat(40);

  final ViewBuilder view = new ViewBuilder();
  private Definitions definitions = Definitions.NONE;
  private int commits;
  private Optional<String> previous = Optional.empty();
  private Ledger ledger = Ledger.EMPTY;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private SnapshotMap<IpAddress, NodeName> announced = SnapshotMap.empty();
  private final SortedSet<IpAddress> withdrawn = new TreeSet<>();
  private Planner planner = new Planner();
  private Fleet fleet = Fleet.NONE;

  /// Open until the first plan is recorded, as in the loop.
  private Adoption adoption = Adoption.OPEN;

  private Plan last = Plan.NONE;

  /// A new config commit with these documents.
  PlanStory config(String yaml) {
    ReadResult result = DefinitionReader.read(List.of(new ConfigFile("test.yaml", yaml)));
    definitions =
        switch (result) {
          case ReadResult.Accepted accepted -> accepted.definitions();
          case ReadResult.Refused refused ->
              throw new AssertionError(refused.problems().toString());
        };
    commits++;
    return this;
  }

  /// A new config commit that no check has seen.
  PlanStory definitions(Definitions unchecked) {
    definitions = unchecked;
    commits++;
    return this;
  }

  /// Pools without further fields, as `name first-last [first-last…]`.
  PlanStory pools(String... pools) {
    return config(Arrays.stream(pools).map(PlanStory::pool).collect(Collectors.joining()));
  }

  /// One pool document; further lines go into its spec.
  static String pool(String text, String... lines) {
    String[] words = text.split(" ");
    return "---\napiVersion: gitlb.io/v1\nkind: IPAddressPool\nmetadata: {name: "
        + words[0]
        + "}\nspec:\n  addresses: ["
        + String.join(", ", Arrays.stream(words).skip(1).map(range -> "\"" + range + "\"").toList())
        + "]\n"
        + Arrays.stream(lines).map(line -> "  " + line + "\n").collect(Collectors.joining());
  }

  /// One PinnedIP document.
  static String pin(String name, String service, String... addresses) {
    return "---\napiVersion: gitlb.io/v1\nkind: PinnedIP\nmetadata: {name: "
        + name
        + "}\nspec:\n  service: "
        + service
        + "\n  addresses: ["
        + String.join(", ", Arrays.stream(addresses).map(a -> "\"" + a + "\"").toList())
        + "]\n";
  }

  /// One ReservedRange document.
  static String reserved(String name, String range) {
    return "---\napiVersion: gitlb.io/v1\nkind: ReservedRange\nmetadata: {name: "
        + name
        + "}\nspec: {addresses: [\""
        + range
        + "\"], reason: somebody else's}\n";
  }

  String commit() {
    return String.format("%040x", commits);
  }

  PlanStory service(ServiceBuilder service) {
    view.service(service);
    return this;
  }

  /// Plain Services.
  PlanStory services(String... refs) {
    for (String ref : refs) {
      view.service(ServiceBuilder.service(ref));
    }
    return this;
  }

  /// Changes a Service as somebody would who edits its manifest.
  PlanStory edit(String ref, UnaryOperator<ServiceBuilder> change) {
    view.service(change.apply(ServiceBuilder.of(view.service(ref))));
    return this;
  }

  PlanStory delete(String ref) {
    view.without(ref);
    return this;
  }

  PlanStory announced(String... addresses) {
    for (String address : addresses) {
      announced = announced.with(IpAddress.of(address), new NodeName("node-a"));
    }
    return this;
  }

  /// Nobody announces them any more.
  PlanStory silence(String... addresses) {
    for (String address : addresses) {
      announced = announced.without(IpAddress.of(address));
    }
    return this;
  }

  PlanStory withdrawn(String... addresses) {
    withdrawn.addAll(Arrays.stream(addresses).map(IpAddress::of).toList());
    return this;
  }

  /// Speakers announce all that is recorded for somebody and have withdrawn the rest.
  PlanStory obey() {
    announced = SnapshotMap.empty();
    withdrawn.clear();
    for (AllocationRecord record : ledger.records().values()) {
      if (ObviousRules.isHolding(record)) {
        announced = announced.with(record.address(), new NodeName("node-a"));
      } else if (record.state() == AllocationRecord.State.RELEASING) {
        withdrawn.add(record.address());
      }
    }
    return this;
  }

  /// Plans until nothing is left to record; speakers obey in between.
  PlanStory settle() {
    do {
      obey().plan();
    } while (!last.edits().isEmpty());
    return this;
  }

  /// A cluster has the block now, as the remote has it; ours is `here`.
  PlanStory lease(String block, String cluster) {
    Lease lease =
        new Lease(
            new Block(IpAddress.of(block)),
            new PoolName("shared"),
            new ClusterName(cluster),
            "uid-" + cluster,
            now,
            commit(),
            Optional.empty());
    fleet = new Fleet(HERE, fleet.leases().with(lease.block(), lease), fleet.elsewhere());
    return this;
  }

  /// Nobody has the block any more.
  PlanStory unlease(String block) {
    Block gone = new Block(IpAddress.of(block));
    fleet = new Fleet(HERE, fleet.leases().without(gone), fleet.elsewhere());
    return this;
  }

  /// Addresses that another cluster has.
  PlanStory elsewhere(String first, String last, String words) {
    SortedMap<IpRange, String> ranges = new TreeMap<>(fleet.elsewhere());
    ranges.put(new IpRange(IpAddress.of(first), IpAddress.of(last)), words);
    fleet = new Fleet(HERE, fleet.leases(), ranges);
    return this;
  }

  /// Nobody else has any.
  PlanStory nothingElsewhere() {
    fleet = new Fleet(HERE, fleet.leases(), new TreeMap<>());
    return this;
  }

  /// What the last plan asks of the branch `leases`: blocks, and `pool family count`.
  String wanted() {
    return Stream.concat(
            last.wants().blocks().keySet().stream().map(Block::toString),
            last.wants().addresses().entrySet().stream()
                .map(
                    want ->
                        want.getKey().pool()
                            + " "
                            + want.getKey().family()
                            + " "
                            + want.getValue().addresses()))
        .collect(Collectors.joining(", "));
  }

  /// Another process takes over.
  PlanStory restart() {
    planner = new Planner();
    return this;
  }

  /// The ledger is lost and built again from what the statuses show.
  PlanStory loseLedger() {
    ledger = Ledger.EMPTY;
    adoption = Adoption.OPEN;
    return this;
  }

  PlanStory after(Duration time) {
    now = now.plus(time);
    return this;
  }

  AllocationRecord recordAt(String address) {
    AllocationRecord record = ledger.records().get(IpAddress.of(address));
    if (record == null) {
      throw new AssertionError("no record of " + address);
    }
    return record;
  }

  Plan last() {
    return last;
  }

  PlanInput input() {
    return new PlanInput(
        definitions,
        commit(),
        previous,
        ledger,
        view.build(),
        new SpeakerFacts(announced, withdrawn),
        adoption,
        Guards.NONE,
        fleet,
        now);
  }

  /// Plans once, records it and shows it in the statuses. The planner that lives from plan to plan
  /// and one made anew agree, and the plan is sound by the obvious rules.
  PlanStory plan() {
    PlanInput input = input();
    last = planner.plan(input);
    assertEquals(Planner.planOnce(input), last, "as a planner made anew plans");
    assertEquals(List.of(), ObviousModel.violations(input, last), () -> last.toString());
    ledger = apply(ledger, last.edits());
    for (Decision decision : last.decisions().values()) {
      if (view.build().services().containsKey(decision.service())) {
        ServiceBuilder service = ServiceBuilder.of(view.service(decision.service().toString()));
        view.service(service.status(decision.addresses(), List.of()));
      }
    }
    previous = Optional.of(commit());
    adoption = Adoption.CLOSED;
    now = now.plusSeconds(1);
    return this;
  }

  static Ledger apply(Ledger ledger, List<LedgerEdit> edits) {
    Ledger next = new Ledger(Optional.of(ViewBuilder.CLUSTER_UID), ledger.records());
    for (LedgerEdit edit : edits) {
      next = next.with(edit);
    }
    return next;
  }

  /// What the last plan decided, as `Kind addresses reason`.
  String decided(String ref) {
    Decision decision = last.decisions().get(ViewBuilder.ref(ref));
    if (decision == null) {
      return "nothing";
    }
    String addresses =
        decision.addresses().stream().map(IpAddress::toString).collect(Collectors.joining(" "));
    String cause =
        switch (decision) {
          case Decision.Keep _, Decision.Assign _ -> "";
          case Decision.Hold hold -> hold.cause().reason().text();
          case Decision.Refuse refuse -> refuse.cause().reason().text();
          case Decision.Release release -> release.released().toString();
        };
    String reason = cause + " " + reasons(decision.notes());
    return (decision.getClass().getSimpleName() + " " + addresses + " " + reason)
        .strip()
        .replaceAll(" +", " ");
  }

  private static String reasons(List<Refusal> notes) {
    return notes.stream().map(note -> note.reason().text()).collect(Collectors.joining(" "));
  }

  /// Plans and checks one decision.
  PlanStory expect(String ref, String decision) {
    plan();
    assertEquals(decision, decided(ref), () -> last.toString());
    return this;
  }

  /// Checks a part of what the last plan says to people.
  PlanStory says(String words) {
    assertTrue(last.toString().contains(words), () -> last.toString());
    return this;
  }

  /// Checks a further decision of the last plan.
  PlanStory and(String ref, String decision) {
    assertEquals(decision, decided(ref), () -> last.toString());
    return this;
  }

  /// Plans and checks what the status of a Service shows, however it came by it.
  PlanStory shows(String ref, String addresses) {
    plan();
    return andShows(ref, addresses);
  }

  /// Checks what the status of a further Service shows after the last plan.
  PlanStory andShows(String ref, String addresses) {
    String shown =
        view.service(ref).statusAddresses().stream()
            .map(IpAddress::toString)
            .collect(Collectors.joining(" "));
    assertEquals(addresses, shown, () -> last.toString());
    return this;
  }

  /// The record of an address as `state holders reason`, or `free`.
  String record(String address) {
    AllocationRecord record = ledger.records().get(IpAddress.of(address));
    return record == null
        ? "free"
        : record.state().text()
            + " "
            + record.holders().stream()
                .map(holder -> holder.service().toString())
                .collect(Collectors.joining(","))
            + " "
            + record.reason().text();
  }

  PlanStory andRecord(String address, String expected) {
    assertEquals(expected, record(address), () -> last.toString());
    return this;
  }
}
