// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.AddressPool.ServiceAllocation;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.PoolSelection;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.LocalPreference;
import io.gitlb.schema.value.PeerName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Warns of what is right in itself and does nothing for want of its other half.
final class HalfChecks {

  private final Gaps gaps;
  private final KnownNodes nodes;
  private final Budget budget;
  // name → the peer (1:1)
  private final Map<PeerName, BgpPeer> peers = new TreeMap<>();
  private final List<Problem> problems = new ArrayList<>();

  private HalfChecks(Definitions definitions, Gaps gaps, KnownNodes nodes, Budget budget) {
    this.gaps = gaps;
    this.nodes = nodes;
    this.budget = budget;
    definitions.bgpPeers().forEach(peer -> peers.put(peer.name(), peer));
  }

  static List<Problem> check(
      Definitions definitions,
      AdvertisedPools<L2Advertisement> layer2,
      AdvertisedPools<BgpAdvertisement> bgp,
      Gaps gaps,
      KnownNodes nodes,
      Budget budget) {
    HalfChecks checks = new HalfChecks(definitions, gaps, nodes, budget);
    for (AddressPool pool : definitions.pools()) {
      checks.pool(pool, layer2.of(pool).isEmpty() && bgp.of(pool).isEmpty());
    }
    for (L2Advertisement advertisement : definitions.l2Advertisements()) {
      if (layer2.of(advertisement).isEmpty()) {
        checks.forNoPool(advertisement, advertisement.pools());
      }
      checks.onNoNode(advertisement, advertisement.nodeSelectors());
    }
    for (BgpAdvertisement advertisement : definitions.bgpAdvertisements()) {
      if (bgp.of(advertisement).isEmpty()) {
        checks.forNoPool(advertisement, advertisement.pools());
      }
      checks.onNoNode(advertisement, advertisement.nodeSelectors());
      checks.toNoPeer(advertisement);
    }
    definitions.bgpPeers().forEach(peer -> checks.onNoNode(peer, peer.nodeSelectors()));
    return checks.problems;
  }

  private void pool(AddressPool pool, boolean isUnadvertised) {
    boolean mayBe = gaps.mayHold("L2Advertisement") || gaps.mayHold("BGPAdvertisement");
    if (isUnadvertised && !mayBe && pool.rules().presence() == Presence.ANNOUNCED) {
      warn(
          pool,
          ProblemCode.POOL_NOT_ADVERTISED,
          "no L2Advertisement and no BGPAdvertisement is for pool %s: its addresses are given and reach nobody"
              .formatted(pool.name()));
    }
    if (pool.serviceAllocation().filter(HalfChecks::admitsNobody).isPresent()) {
      warn(
          pool,
          ProblemCode.POOL_FOR_NOBODY,
          "spec.serviceAllocation of pool %s can admit no Service: what its selectors ask for contradicts itself"
              .formatted(pool.name()));
    }
  }

  private static boolean admitsNobody(ServiceAllocation allocation) {
    boolean anyNamespace =
        !allocation.namespaces().isEmpty() || Selecting.canSelect(allocation.namespaceSelectors());
    return !anyNamespace || !Selecting.canSelect(allocation.serviceSelectors());
  }

  /// Names of pools that are not defined are errors of their own.
  private void forNoPool(Definition advertisement, PoolSelection selection) {
    if (selection.names().isEmpty() && !gaps.mayHold("IPAddressPool")) {
      warn(
          advertisement,
          ProblemCode.ADVERTISES_NOTHING,
          "%s %s is for no pool that there is; its selectors match the labels of none"
              .formatted(advertisement.kind(), advertisement.documentName()));
    }
  }

  /// Names of peers that are not defined are errors of their own.
  private void toNoPeer(BgpAdvertisement advertisement) {
    if (gaps.mayHold("BGPPeer") || !peers.keySet().containsAll(advertisement.peers())) {
      return;
    }
    Collection<BgpPeer> told =
        advertisement.peers().isEmpty()
            ? peers.values()
            : advertisement.peers().stream()
                .flatMap(name -> Stream.ofNullable(peers.get(name)))
                .toList();
    if (told.isEmpty()) {
      toNobody(advertisement, "no BGPPeer is defined");
    } else if (Selecting.canSelect(advertisement.nodeSelectors())
        && told.stream().noneMatch(peer -> mayMeet(advertisement, peer))) {
      toNobody(
          advertisement,
          "what its spec.nodeSelectors ask for contradicts that of every BGPPeer that it is for");
    }
    // What is the default anyway is written in many examples.
    long preference = LocalPreference.told(advertisement.localPreference());
    if (preference != LocalPreference.DEFAULT
        && !told.isEmpty()
        && told.stream().noneMatch(BgpPeer::isInternal)) {
      untoldPreference(advertisement, preference);
    }
  }

  /// RFC 4271 section 5.1.5.
  private void untoldPreference(BgpAdvertisement advertisement, long preference) {
    warn(
        advertisement,
        ProblemCode.LOCAL_PREFERENCE_UNTOLD,
        "BGPAdvertisement %s has localPref %d, and none of the peers that it is for is of the own AS: no other is told a local preference; remove it"
            .formatted(advertisement.name(), preference));
  }

  private boolean mayMeet(BgpAdvertisement advertisement, BgpPeer peer) {
    return !budget.allowsOneMore()
        || Selecting.canMeet(advertisement.nodeSelectors(), peer.nodeSelectors());
  }

  private void toNobody(BgpAdvertisement advertisement, String why) {
    warn(
        advertisement,
        ProblemCode.ADVERTISED_TO_NOBODY,
        "BGPAdvertisement %s is told to nobody: %s".formatted(advertisement.name(), why));
  }

  private void onNoNode(Definition definition, List<LabelSelector> selectors) {
    if (nodes.isNone(selectors)) {
      warn(
          definition,
          ProblemCode.ON_NO_NODE,
          "%s %s is for no node%s"
              .formatted(
                  definition.kind(),
                  definition.documentName(),
                  Selecting.canSelect(selectors)
                      ? ": spec.nodeSelectors match none that there is"
                      : ": what spec.nodeSelectors ask for contradicts itself"));
    }
  }

  private void warn(Definition definition, ProblemCode code, String message) {
    problems.add(new Problem(definition.place(), code, message));
  }
}
