// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import static io.gitlb.speaker.announce.DesiredStates.peer;
import static io.gitlb.speaker.announce.DesiredStates.routed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.PeerExport.Attributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What is kept up with the announcements is what the announcements alone give, whatever led there.
final class PeerExportsTest {

  private static final int ROUNDS = 150 * Integer.getInteger("gitlb.random.rounds", 1);

  private static final List<String> NAMES = List.of("a", "b", "c", "d");

  @Test
  void keptUpIsWhatIsMadeFromNothing() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      PeerExports exports = new PeerExports();
      SnapshotMap<IpAddress, Announcement> told = SnapshotMap.empty();
      for (int step = 0; step < 12; step++) {
        told = changed(random, told);
        List<PeerSettings> peers = peers(random);

        List<PeerExport> kept = exports.follow(told, peers);

        String place = "seed " + seed + " step " + step;
        assertEquals(peers, kept.stream().map(PeerExport::peer).toList(), place);
        Map<SortedMap<IpPrefix, Attributes>, Boolean> distinct = new HashMap<>();
        IdentityHashMap<SnapshotMap<IpPrefix, Attributes>, Boolean> objects =
            new IdentityHashMap<>();
        for (PeerExport export : kept) {
          SortedMap<IpPrefix, Attributes> alone = alone(export.peer().name(), told);
          assertEquals(alone, new TreeMap<>(export.routes()), place);
          distinct.put(alone, true);
          objects.put(export.routes(), true);
        }
        assertTrue(objects.size() <= 1 << NAMES.size(), place);
        assertTrue(distinct.size() <= objects.size(), place);
      }
    }
  }

  @Test
  void whatDoesNotChangeStaysTheSameObject() {
    PeerExports exports = new PeerExports();
    SnapshotMap<IpAddress, Announcement> told =
        with(SnapshotMap.empty(), routed("192.0.2.1", route("192.0.2.1/32", 1, "a", "b")));
    List<PeerSettings> peers = List.of(peer("a", "198.51.100.1"), peer("b", "198.51.100.2"));
    List<PeerExport> before = exports.follow(told, peers);

    List<PeerExport> after =
        exports.follow(with(told, routed("192.0.2.2", route("192.0.2.2/32", 1, "b"))), peers);

    assertSame(before.getFirst().routes(), after.getFirst().routes());
    assertEquals(2, after.getLast().routes().size());
  }

  private static SnapshotMap<IpAddress, Announcement> with(
      SnapshotMap<IpAddress, Announcement> before, Announcement one) {
    return before.with(one.address(), one);
  }

  private static SnapshotMap<IpAddress, Announcement> changed(
      Random random, SnapshotMap<IpAddress, Announcement> before) {
    SnapshotMap<IpAddress, Announcement> after = before;
    for (int i = random.nextInt(6); i > 0; i--) {
      Ipv4 address = new Ipv4(0xC000_0200 + random.nextInt(24));
      if (random.nextInt(3) == 0) {
        after = after.without(address);
      } else {
        List<BgpRoute> routes = new ArrayList<>();
        for (int r = random.nextInt(3); r > 0; r--) {
          routes.add(route(random, address));
        }
        after = with(after, routed(address.toString(), routes.toArray(BgpRoute[]::new)));
      }
    }
    return after;
  }

  private static BgpRoute route(Random random, Ipv4 address) {
    SortedSet<PeerName> names = new TreeSet<>();
    names.add(new PeerName("gone"));
    NAMES.stream().filter(_ -> random.nextBoolean()).forEach(n -> names.add(new PeerName(n)));
    List<Community> communities =
        random.nextBoolean() ? List.of() : List.of(new Community.Standard(random.nextInt(3)));
    int length = random.nextBoolean() ? 32 : 28;
    return new BgpRoute(
        new IpPrefix(new Ipv4(address.bits() & (-1 << (32 - length))), length),
        random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(99 + random.nextInt(3)),
        communities,
        names);
  }

  private static BgpRoute route(String prefix, int community, String... peers) {
    SortedSet<PeerName> names = new TreeSet<>();
    for (String name : peers) {
      names.add(new PeerName(name));
    }
    return new BgpRoute(
        IpPrefix.of(prefix),
        OptionalLong.empty(),
        List.of(new Community.Standard(community)),
        names);
  }

  private static List<PeerSettings> peers(Random random) {
    return NAMES.stream()
        .filter(_ -> random.nextInt(8) > 0)
        .map(name -> peer(name, "198.51.100.1"))
        .toList();
  }

  /// The long way, sharing no line with what is tested.
  private static SortedMap<IpPrefix, Attributes> alone(
      PeerName peer, SnapshotMap<IpAddress, Announcement> told) {
    SortedMap<IpPrefix, List<BgpRoute>> wanted = new TreeMap<>();
    for (Announcement announcement : told.values()) {
      for (BgpRoute route : announcement.routes()) {
        if (route.peers().contains(peer)) {
          wanted.computeIfAbsent(route.prefix(), _ -> new ArrayList<>()).add(route);
        }
      }
    }
    SortedMap<IpPrefix, Attributes> routes = new TreeMap<>();
    wanted.forEach(
        (prefix, all) -> {
          SortedSet<Community> communities = new TreeSet<>();
          List<OptionalLong> preferences = new ArrayList<>();
          for (BgpRoute one : all) {
            communities.addAll(one.communities());
            preferences.add(one.localPreference());
          }
          routes.put(prefix, new Attributes(highest(preferences), List.copyOf(communities)));
        });
    return routes;
  }

  /// None says 100, and the written one stands for both.
  private static OptionalLong highest(List<OptionalLong> preferences) {
    long highest = preferences.stream().mapToLong(one -> one.orElse(100)).max().orElseThrow();
    return highest == 100 && !preferences.contains(OptionalLong.of(100))
        ? OptionalLong.empty()
        : OptionalLong.of(highest);
  }
}
