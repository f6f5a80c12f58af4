// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.desired.NumberedStates.Stamp;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Conflict;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.DefinitionReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Desired states that live from input to input against ones that are made anew each time.
class RandomDesiredTest {

  private static final int STEPS = 60;

  private static final List<String> COMMITS = List.of("1".repeat(40), "2".repeat(40));

  private static final String POOLS =
      document("IPAddressPool", "lan", "addresses: [10.0.0.0-10.0.0.7]")
          + document("IPAddressPool", "quiet", "addresses: [10.0.0.8/31]")
          + document("IPAddressPool", "tenants", "addresses: [10.1.0.0/30, \"2001:db8::/126\"]");

  private static final List<Definitions> CONFIGS =
      List.of(
          Definitions.NONE,
          read(POOLS + document("L2Advertisement", "all")),
          read(
              POOLS
                  + document(
                      "L2Advertisement",
                      "racks",
                      "ipAddressPools: [lan]",
                      "nodeSelectors: [{matchLabels: {rack: a}}]",
                      "interfaces: [eth1]",
                      "preferredNodeSelectors:",
                      "- {weight: 7, preference: {matchLabels: {fast: \"yes\"}}}")
                  + document(
                      "L2Advertisement",
                      "blue",
                      "ipAddressPools: [lan]",
                      "serviceSelectors: [{matchLabels: {team: blue}}]")
                  + document("BGPAdvertisement", "tenants", "ipAddressPools: [tenants]")
                  + peer("tor", "192.0.2.1")),
          read(
              POOLS
                  + document(
                      "BGPAdvertisement",
                      "all",
                      "aggregationLength: 31",
                      "aggregationLengthV6: 127",
                      "onCordon: Withdraw")
                  + document(
                      "BGPAdvertisement",
                      "spines",
                      "peers: [spine]",
                      "localPref: 100",
                      "onCordon: Withdraw")
                  + document(
                      "L2Advertisement",
                      "l2",
                      "ipAddressPools: [tenants]",
                      "onCordon: Withdraw",
                      "rebalance: Never")
                  + document(
                      "L2Advertisement",
                      "eth1",
                      "ipAddressPools: [lan]",
                      "interfaces: [eth1]",
                      "nodeSelectors: [{matchLabels: {rack: a}}]",
                      "onCordon: Keep")
                  + peer("spine", "192.0.2.2", "nodeSelectors: [{matchLabels: {rack: b}}]")
                  + peer("tor", "192.0.2.1", "nodeSelectors: [{matchLabels: {rack: a}}]")));

  private static String document(String kind, String name, String... spec) {
    return "---\napiVersion: gitlb.io/v1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + "}\nspec:"
        + (spec.length == 0 ? " {}\n" : "\n  " + String.join("\n  ", spec) + "\n");
  }

  private static String peer(String name, String address, String... more) {
    List<String> spec =
        new ArrayList<>(List.of("myASN: 64512", "peerASN: 64513", "peerAddress: " + address));
    spec.addAll(List.of(more));
    return document("BGPPeer", name, spec.toArray(String[]::new));
  }

  private static Definitions read(String yaml) {
    return switch (DefinitionReader.read(List.of(new ConfigFile("test.yaml", yaml)))) {
      case ReadResult.Accepted accepted -> DesiredStory.silent(accepted.definitions(), "quiet");
      case ReadResult.Refused refused -> throw new AssertionError(refused.problems().toString());
    };
  }

  @Test
  void whateverChangesTheyEqualThoseMadeAnew() {
    int rounds = 100 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      long seed = 20_261_121L + round;
      try {
        new Life(seed).live();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static final class Life {

    private final Random random;
    private final DesiredStates states = new DesiredStates();
    private NumberedStates numbered = NumberedStates.NONE;

    private Definitions definitions = CONFIGS.get(1);
    private final SortedMap<String, Definitions> frozen = new TreeMap<>();
    private SnapshotMap<IpAddress, AllocationRecord> records = SnapshotMap.empty();
    private final ViewBuilder view = new ViewBuilder();
    private final SortedSet<NodeName> speakers = new TreeSet<>();
    private SnapshotMap<IpAddress, NodeName> owners = SnapshotMap.empty();
    private SnapshotMap<IpAddress, List<NodeName>> intended = SnapshotMap.empty();
    private SnapshotMap<NodeName, NodeLinks> links = SnapshotMap.empty();
    private SnapshotMap<IpAddress, NodeName> moves = SnapshotMap.empty();

    Life(long seed) {
      random = new Random(seed);
    }

    void live() {
      for (int step = 0; step < STEPS; step++) {
        for (int i = random.nextInt(4); i >= 0; i--) {
          act();
        }
        DesiredInput input = input();
        DesiredContent content = states.build(input);
        DesiredStates anew = new DesiredStates();
        assertEquals(anew.build(input), content, "step " + step);
        DesiredContent again = states.build(input());
        assertEquals(anew.balance(speakers), states.balance(speakers));
        assertSame(content.nodes(), again.nodes());
        assertSame(content.placed(), again.placed());
        assertSame(content.notAnnounced(), again.notAnnounced());
        assertSame(content.candidates(), again.candidates());
        number(content);
        if (random.nextBoolean()) {
          intended = content.candidates();
        }
      }
    }

    private DesiredInput input() {
      return new DesiredInput(
          definitions,
          frozen,
          new Ledger(Optional.of("uid"), records, new TreeSet<>()),
          view.build(),
          speakers,
          owners,
          intended,
          links,
          moves);
    }

    /// The generation of a node counts up when its content differs, and only then.
    private void number(DesiredContent content) {
      NumberedStates next = numbered.next(content, List.of(), new Stamp("uid", "c", "l", 1));
      content
          .nodes()
          .forEach(
              (node, wanted) -> {
                DesiredState now = next.states().find(node).orElseThrow();
                assertEquals(wanted.announcements().keySet(), now.announcements().keySet());
                assertTerms(wanted, next, now);
                assertEquals(wanted.peers(), now.peers());
                numbered
                    .states()
                    .find(node)
                    .ifPresent(
                        last ->
                            assertEquals(
                                last.announcements().equals(now.announcements())
                                    && last.peers().equals(now.peers()),
                                last.generation().equals(now.generation())));
              });
      assertEquals(content.nodes().keySet(), next.states().keySet());
      numbered = next;
    }

    /// All is as it was wanted but the term, which is that of the address.
    private static void assertTerms(NodeContent wanted, NumberedStates next, DesiredState now) {
      now.announcements()
          .forEach(
              (address, has) -> {
                Announcement asked = wanted.announcements().find(address).orElseThrow();
                assertEquals(asked.routes(), has.routes());
                assertEquals(asked.record(), has.record());
                assertEquals(asked.healthCheckNodePort(), has.healthCheckNodePort());
                assertEquals(
                    asked
                        .layer2()
                        .map(
                            to ->
                                new Announcement.Layer2(
                                    next.terms().find(address).orElseThrow(),
                                    to.candidates(),
                                    to.interfaces())),
                    has.layer2());
              });
    }

    private void act() {
      switch (random.nextInt(18)) {
        case 0, 1, 2, 3 -> record();
        case 4 -> records = records.without(address());
        case 5, 6 -> service();
        case 7 -> view.without(service(random.nextInt(6)));
        case 8, 9 -> endpoints();
        case 10 -> node();
        case 11 -> owners = owners.with(address(), node(random.nextInt(5)));
        case 12 -> speaker();
        case 13 -> definitions = CONFIGS.get(random.nextInt(CONFIGS.size()));
        case 14 -> links();
        case 15 ->
            moves =
                random.nextBoolean()
                    ? moves.without(address())
                    : moves.with(address(), node(random.nextInt(5)));
        case 16 -> frozen.put(commit(), CONFIGS.get(random.nextInt(CONFIGS.size())));
        default -> frozen.remove(commit());
      }
    }

    /// Interfaces that reach some of the pools.
    private void links() {
      NodeName node = node(random.nextInt(5));
      SortedMap<String, SortedSet<IpPrefix>> prefixes = new TreeMap<>();
      for (String name : List.of("eth0", "eth1")) {
        SortedSet<IpPrefix> on = new TreeSet<>();
        for (String prefix :
            List.of("10.0.0.0/29", "10.0.0.8/29", "10.1.0.0/24", "2001:db8::/64")) {
          if (random.nextInt(3) > 0) {
            on.add(IpPrefix.of(prefix));
          }
        }
        prefixes.put(name, on);
      }
      links =
          random.nextInt(4) == 0 ? links.without(node) : links.with(node, new NodeLinks(prefixes));
    }

    private String commit() {
      return COMMITS.get(random.nextInt(COMMITS.size()));
    }

    private IpAddress address() {
      return switch (random.nextInt(4)) {
        case 0 -> IpAddress.of("10.1.0." + random.nextInt(4));
        case 1 -> IpAddress.of("2001:db8::" + random.nextInt(5));
        default -> IpAddress.of("10.0.0." + random.nextInt(11));
      };
    }

    private static String service(int number) {
      return "demo/s" + number;
    }

    private static NodeName node(int number) {
      return new NodeName("n" + number);
    }

    private void record() {
      IpAddress address = address();
      List<Holder> holders = new ArrayList<>();
      int first = random.nextInt(5);
      holders.add(new Holder(ViewBuilder.ref(service(first)), "u", List.of("TCP/80")));
      if (random.nextInt(3) == 0) {
        holders.add(new Holder(ViewBuilder.ref(service(first + 1)), "u", List.of("TCP/81")));
      }
      State state =
          random.nextBoolean()
              ? State.ALLOCATED
              : List.of(State.values()).get(random.nextInt(State.values().length));
      records =
          records.with(
              address,
              new AllocationRecord(
                  address,
                  new PoolName(random.nextInt(4) == 0 ? "tenants" : "lan"),
                  holders,
                  state,
                  Reason.AUTOMATIC,
                  Instant.EPOCH,
                  commit(),
                  state == State.CONFLICTED
                      ? Optional.of(new Conflict(MacAddress.of("02:00:5e:00:53:01"), Instant.EPOCH))
                      : Optional.empty()));
    }

    private void service() {
      String name = service(random.nextInt(6));
      ServiceBuilder service = ServiceBuilder.service(name);
      if (random.nextBoolean()) {
        service.labels("team=blue");
      }
      if (random.nextInt(3) == 0) {
        service.local();
      } else if (random.nextInt(2) == 0) {
        service.local(31_000 + random.nextInt(2));
      }
      if (random.nextInt(6) == 0) {
        service.leftBehind();
      }
      view.service(service);
    }

    private void endpoints() {
      List<String> nodes = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        if (random.nextInt(3) == 0) {
          nodes.add("n" + i);
        }
      }
      view.endpoints(service(random.nextInt(6)), nodes.toArray(String[]::new));
    }

    private void node() {
      int number = random.nextInt(5);
      if (random.nextInt(4) == 0) {
        view.withoutNode("n" + number);
        return;
      }
      List<String> labels = new ArrayList<>();
      labels.add("rack=" + (random.nextBoolean() ? "a" : "b"));
      if (random.nextInt(3) == 0) {
        labels.add("fast=yes");
      }
      if (random.nextInt(6) == 0) {
        labels.add(NodeView.EXCLUDE_LABEL + "=");
      }
      if (random.nextBoolean()) {
        labels.add("nobody-asks=" + random.nextInt());
      }
      view.node(
          new NodeView(
              node(number),
              ViewBuilder.labels(labels.toArray(String[]::new)),
              List.of(),
              List.of(),
              random.nextInt(4) == 0 ? Readiness.NOT_READY : Readiness.READY,
              random.nextInt(4) == 0 ? Network.UNAVAILABLE : Network.AVAILABLE,
              random.nextInt(4) == 0 ? Scheduling.CORDONED : Scheduling.SCHEDULABLE));
    }

    private void speaker() {
      NodeName node = node(random.nextInt(6));
      if (!speakers.remove(node)) {
        speakers.add(node);
      }
    }
  }
}
