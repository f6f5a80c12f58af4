// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.Placement.Reason;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.health.Gate;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class OpenAddressesTest {

  private static final int ROUNDS = 200 * Integer.getInteger("gitlb.random.rounds", 1);

  private static final List<Gate> GATES = List.of(Gate.values());

  /// Judged as a whole at each step, sharing no line with what is tested.
  private static final class Model {
    private SortedSet<IpAddress> told = new TreeSet<>();
    private final SortedMap<IpAddress, Reason> withheld = new TreeMap<>();
    private Completeness completeness = Completeness.WHOLE;

    void judge(
        SnapshotMap<IpAddress, Announcement> all,
        SortedMap<Integer, Gate> gates,
        SnapshotMap<IpAddress, Reason> barred) {
      SortedSet<IpAddress> next = new TreeSet<>();
      withheld.clear();
      completeness = Completeness.WHOLE;
      for (Announcement one : all.values()) {
        OptionalInt port = one.healthCheckNodePort();
        Gate gate = port.isEmpty() ? Gate.OPEN : gates.getOrDefault(port.getAsInt(), Gate.UNKNOWN);
        boolean as = told.contains(one.address());
        if (!one.routes().isEmpty() && barred.containsKey(one.address())) {
          withheld.put(one.address(), Reason.GIVEN_AWAY);
        } else if (gate == Gate.OPEN || gate == Gate.SILENT || (gate == Gate.UNKNOWN && as)) {
          next.add(one.address());
        } else if (gate == Gate.SHUT) {
          withheld.put(one.address(), Reason.NO_LOCAL_ENDPOINT);
        } else {
          withheld.put(one.address(), Reason.NO_HEALTH_ANSWER);
          completeness = Completeness.PARTIAL;
        }
      }
      told = next;
    }
  }

  @Test
  void keptUpIsWhatTheWholeGives() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      OpenAddresses open = new OpenAddresses();
      Model model = new Model();
      SnapshotMap<IpAddress, Announcement> all = SnapshotMap.empty();
      SortedMap<Integer, Gate> gates = new TreeMap<>();
      SnapshotMap<IpAddress, Reason> barred = SnapshotMap.empty();
      for (int step = 0; step < 30; step++) {
        switch (random.nextInt(5)) {
          case 0, 1 -> {
            all = changed(random, all);
            open.follow(all);
          }
          case 2, 3 -> {
            gates = changed(random, gates);
            open.gates(gates);
          }
          default -> {
            IpAddress address = address(random.nextInt(6));
            SnapshotMap<IpAddress, Reason> next =
                random.nextBoolean()
                    ? barred.with(address, Reason.GIVEN_AWAY)
                    : barred.without(address);
            assertEquals(!next.equals(barred), open.bar(next), "seed " + seed);
            barred = next;
          }
        }
        model.judge(all, gates, barred);
        String place = "seed " + seed + " step " + step;
        assertEquals(model.told, open.told().keySet(), place);
        SnapshotMap<IpAddress, Announcement> now = all;
        open.told().forEach((key, value) -> assertEquals(now.get(key), value, place));
        assertEquals(model.withheld, new TreeMap<>(open.withheld()), place);
        assertEquals(model.completeness, open.completeness(), place);
      }
    }
  }

  @Test
  void theIndexOfPortsFollows() {
    PortIndex index = new PortIndex();
    SnapshotMap<IpAddress, Announcement> one =
        SnapshotMap.copyOf(Map.of(address(1), announcement(address(1), OptionalInt.of(7))));
    index.follow(one);
    index.follow(one.with(address(2), announcement(address(2), OptionalInt.of(7))));
    assertEquals(Set.of(address(1), address(2)), index.addresses(7));
    index.follow(one.with(address(1), announcement(address(1), OptionalInt.of(8))));
    assertEquals(Set.of(8), index.ports());
    index.follow(SnapshotMap.empty());
    assertEquals(Set.of(), index.ports());
  }

  private static SnapshotMap<IpAddress, Announcement> changed(
      Random random, SnapshotMap<IpAddress, Announcement> before) {
    IpAddress address = address(random.nextInt(6));
    return random.nextInt(3) == 0
        ? before.without(address)
        : before.with(
            address,
            announcement(
                address,
                random.nextInt(3) == 0
                    ? OptionalInt.empty()
                    : OptionalInt.of(1 + random.nextInt(3))));
  }

  private static SortedMap<Integer, Gate> changed(Random random, SortedMap<Integer, Gate> before) {
    SortedMap<Integer, Gate> after = new TreeMap<>(before);
    int port = 1 + random.nextInt(3);
    if (random.nextInt(4) == 0) {
      after.remove(port);
    } else {
      after.put(port, GATES.get(random.nextInt(GATES.size())));
    }
    return after;
  }

  private static IpAddress address(int number) {
    return new Ipv4(0xC000_0200 + number);
  }

  private static Announcement announcement(IpAddress address, OptionalInt port) {
    Announcement plain = DesiredStates.routed(address.toString());
    BgpRoute route =
        new BgpRoute(
            IpPrefix.host(address),
            OptionalLong.empty(),
            List.of(),
            new TreeSet<>(List.of(new PeerName("tor"))));
    // One without routes is not barred.
    List<BgpRoute> routes = address.equals(address(0)) ? List.of() : List.of(route);
    return new Announcement(address, plain.owner(), plain.record(), plain.layer2(), routes, port);
  }
}
