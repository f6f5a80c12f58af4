// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PeerName;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Warns of pools with addresses of a family that no peer takes routes of: they are given, and
/// nobody finds the way to them.
final class FamilyChecks {

  // peer → the families of its routes (1:N)
  private final Map<PeerName, Set<IpFamily>> byPeer = new HashMap<>();
  private final Set<IpFamily> ofAnyPeer = EnumSet.noneOf(IpFamily.class);

  private FamilyChecks(List<BgpPeer> peers) {
    for (BgpPeer peer : peers) {
      byPeer.put(peer.name(), peer.routeFamilies());
      ofAnyPeer.addAll(peer.routeFamilies());
    }
  }

  static List<Problem> check(
      Definitions definitions,
      AdvertisedPools<L2Advertisement> layer2,
      AdvertisedPools<BgpAdvertisement> bgp,
      Gaps gaps) {
    boolean mayBeMore =
        Stream.of("L2Advertisement", "BGPAdvertisement", "BGPPeer").anyMatch(gaps::mayHold);
    if (mayBeMore) {
      return List.of();
    }
    FamilyChecks checks = new FamilyChecks(definitions.bgpPeers());
    return definitions.pools().stream()
        .filter(pool -> pool.rules().presence() == Presence.ANNOUNCED)
        .filter(pool -> layer2.of(pool).isEmpty())
        .flatMap(pool -> checks.untold(pool, bgp.of(pool)))
        .toList();
  }

  private Stream<Problem> untold(AddressPool pool, List<BgpAdvertisement> advertisements) {
    Set<IpFamily> told = EnumSet.noneOf(IpFamily.class);
    advertisements.forEach(advertisement -> told.addAll(families(advertisement)));
    return told.isEmpty() // Told to nobody, which is a problem of its own.
        ? Stream.empty()
        : pool.ranges().stream()
            .map(IpRange::family)
            .distinct()
            .filter(family -> !told.contains(family))
            .map(family -> problem(pool, family));
  }

  /// A peer that is not defined is an error of its own, and would take anything.
  private Set<IpFamily> families(BgpAdvertisement advertisement) {
    if (advertisement.peers().isEmpty()) {
      return ofAnyPeer;
    }
    Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
    for (PeerName peer : advertisement.peers()) {
      families.addAll(byPeer.getOrDefault(peer, EnumSet.allOf(IpFamily.class)));
    }
    return families;
  }

  private static Problem problem(AddressPool pool, IpFamily family) {
    return new Problem(
        pool.place(),
        ProblemCode.FAMILY_WITHOUT_PEER,
        "no BGPPeer that hears of pool %s takes %s routes: its %s addresses are given and reach nobody; set spec.dualStackAddressFamily of one, or add one with an %s address"
            .formatted(pool.name(), family, family, family));
  }
}
