// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpFamily;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A route has the communities of all advertisements that name it, and they fit one UPDATE:
/// speakers leave out a route with more. Advertisements with different service selectors are taken
/// for those of different Services.
final class CommunityRoom {

  /// Of pools that have both in common one is looked at.
  private record Told(List<String> advertisements, IpFamily family) {}

  private final List<BgpPeer> peers;
  private final Budget budget;
  // name → its communities, without aliases; of two of one name, which is an error, the last one's
  private final Map<String, List<Community>> communities = new HashMap<>();
  // name → what those take in an UPDATE, in octets (1:1)
  private final Map<String, Integer> octets = new HashMap<>();
  private final Set<Told> checked = new HashSet<>();
  // the first of the advertisements → their problem (1:1)
  private final SortedMap<SourcePlace, Problem> problems = new TreeMap<>();

  private CommunityRoom(Definitions definitions, Budget budget) {
    this.peers = definitions.bgpPeers();
    this.budget = budget;
    for (BgpAdvertisement advertisement : definitions.resolvedBgpAdvertisements()) {
      communities.put(advertisement.name(), advertisement.communities());
      octets.put(advertisement.name(), Community.octets(advertisement.communities()));
    }
  }

  /// At most one problem for each advertisement: with those behind it in the text.
  static List<Problem> check(
      Definitions definitions, AdvertisedPools<BgpAdvertisement> advertised, Budget budget) {
    CommunityRoom room = new CommunityRoom(definitions, budget);
    definitions.pools().forEach(pool -> room.check(pool, advertised.of(pool)));
    return List.copyOf(room.problems.values());
  }

  private void check(AddressPool pool, List<BgpAdvertisement> advertisements) {
    if (mostOctets(advertisements) <= Community.MAX_OCTETS) {
      return;
    }
    List<String> names = advertisements.stream().map(BgpAdvertisement::name).toList();
    for (IpFamily family : IpFamily.values()) {
      boolean has = pool.ranges().stream().anyMatch(range -> range.family() == family);
      if (has && checked.add(new Told(names, family))) {
        check(pool, family, advertisements);
      }
    }
  }

  private void check(AddressPool pool, IpFamily family, List<BgpAdvertisement> advertisements) {
    for (int i = 0; i < advertisements.size(); i++) {
      BgpAdvertisement first = advertisements.get(i);
      List<BgpAdvertisement> alike =
          advertisements.subList(i, advertisements.size()).stream()
              .filter(_ -> budget.allowsOneMore())
              .filter(one -> one.aggregationLength(family) == first.aggregationLength(family))
              .toList();
      if (mostOctets(alike) > Community.MAX_OCTETS && !problems.containsKey(first.place())) {
        peers.stream()
            .flatMap(peer -> problem(alike, pool, peer).stream())
            .findFirst()
            .ifPresent(problem -> problems.put(first.place(), problem));
      }
    }
  }

  /// Were all of them for one route, and no community of two.
  private long mostOctets(List<BgpAdvertisement> some) {
    return some.stream().mapToLong(one -> octets.getOrDefault(one.name(), 0)).sum();
  }

  /// @param alike for routes of one length
  private Optional<Problem> problem(List<BgpAdvertisement> alike, AddressPool pool, BgpPeer peer) {
    if (!isToldBy(alike.getFirst(), peer)) {
      return Optional.empty();
    }
    List<BgpAdvertisement> together = new ArrayList<>();
    for (BgpAdvertisement next : alike) {
      if (isToldBy(next, peer) && together.stream().allMatch(one -> areForOneRoute(one, next))) {
        together.add(next);
      }
    }
    if (mostOctets(together) <= Community.MAX_OCTETS) {
      return Optional.empty();
    }
    Set<Community> united = united(together);
    return Community.octets(united) <= Community.MAX_OCTETS
        ? Optional.empty()
        : Optional.of(problem(together, united, pool, peer));
  }

  private Set<Community> united(List<BgpAdvertisement> together) {
    return together.stream()
        .flatMap(one -> communities.getOrDefault(one.name(), List.of()).stream())
        .filter(_ -> budget.allowsOneMore())
        .collect(Collectors.toSet());
  }

  private boolean isToldBy(BgpAdvertisement advertisement, BgpPeer peer) {
    return (advertisement.peers().isEmpty() || advertisement.peers().contains(peer.name()))
        && budget.allowsOneMore()
        && Selecting.canMeet(advertisement.nodeSelectors(), peer.nodeSelectors());
  }

  private boolean areForOneRoute(BgpAdvertisement a, BgpAdvertisement b) {
    return (a.serviceSelectors().isEmpty()
            || b.serviceSelectors().isEmpty()
            || a.serviceSelectors().equals(b.serviceSelectors()))
        && budget.allowsOneMore()
        && Selecting.canMeet(a.nodeSelectors(), b.nodeSelectors());
  }

  private static Problem problem(
      List<BgpAdvertisement> together, Set<Community> communities, AddressPool pool, BgpPeer peer) {
    return new Problem(
        together.getFirst().place(),
        ProblemCode.TOO_MANY_COMMUNITIES,
        "the routes of pool %s to BGPPeer %s have %d communities by BGPAdvertisement %s, which are %d octets, and an UPDATE (4096) has room for %d: no speaker can tell them; remove some"
            .formatted(
                pool.name(),
                peer.name(),
                communities.size(),
                together.stream().map(BgpAdvertisement::name).collect(Collectors.joining(" and ")),
                Community.octets(communities),
                Community.MAX_OCTETS));
  }
}
