// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.BfdProfileName;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.WellKnownCommunity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The checked content of one commit of the config branch, each list sorted by name.
///
/// Make one with [#of], which kinds that are added later do not break.
public record Definitions(
    List<AddressPool> pools,
    List<L2Advertisement> l2Advertisements,
    List<BgpAdvertisement> bgpAdvertisements,
    List<BgpPeer> bgpPeers,
    List<BfdProfile> bfdProfiles,
    List<CommunityAliases> communities,
    List<PinnedIp> pinnedIps,
    List<ReservedRange> reservedRanges,
    List<Approval> approvals,
    List<Suspension> suspensions,
    List<ChangeWindow> changeWindows) {

  /// Nothing defined.
  public static final Definitions NONE = of(List.of());

  public Definitions {
    pools = sorted(pools);
    l2Advertisements = sorted(l2Advertisements);
    bgpAdvertisements = sorted(bgpAdvertisements);
    bgpPeers = sorted(bgpPeers);
    bfdProfiles = sorted(bfdProfiles);
    communities = sorted(communities);
    pinnedIps = sorted(pinnedIps);
    reservedRanges = sorted(reservedRanges);
    approvals = sorted(approvals);
    suspensions = sorted(suspensions);
    changeWindows = sorted(changeWindows);
  }

  /// These, in any order.
  public static Definitions of(Collection<? extends Definition> all) {
    return new Definitions(
        only(AddressPool.class, all),
        only(L2Advertisement.class, all),
        only(BgpAdvertisement.class, all),
        only(BgpPeer.class, all),
        only(BfdProfile.class, all),
        only(CommunityAliases.class, all),
        only(PinnedIp.class, all),
        only(ReservedRange.class, all),
        only(Approval.class, all),
        only(Suspension.class, all),
        only(ChangeWindow.class, all));
  }

  private static <D> List<D> only(Class<D> kind, Collection<?> all) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static <D extends Definition> List<D> sorted(List<D> definitions) {
    return definitions.stream().sorted(Comparator.comparing(Definition::documentName)).toList();
  }

  /// Every definition, kind after kind.
  public List<Definition> all() {
    return Stream.of(
            pools,
            l2Advertisements,
            bgpAdvertisements,
            bgpPeers,
            bfdProfiles,
            communities,
            pinnedIps,
            reservedRanges,
            approvals,
            suspensions,
            changeWindows)
        .<Definition>flatMap(List::stream)
        .toList();
  }

  /// These and others.
  public Definitions with(Definition... others) {
    List<Definition> more = new ArrayList<>(all());
    more.addAll(Arrays.asList(others));
    return of(more);
  }

  /// These, each as the change makes it.
  public Definitions mapped(UnaryOperator<Definition> change) {
    return of(all().stream().map(change).toList());
  }

  /// The pool of that name.
  public Optional<AddressPool> pool(PoolName name) {
    return pools.stream().filter(pool -> pool.name().equals(name)).findFirst();
  }

  /// The pool that the address lies in; pools do not overlap.
  public Optional<AddressPool> poolOf(IpAddress address) {
    return pools.stream().filter(pool -> pool.contains(address)).findFirst();
  }

  /// The BFD profile of that name.
  public Optional<BfdProfile> bfdProfile(BfdProfileName name) {
    return bfdProfiles.stream().filter(profile -> profile.name().equals(name)).findFirst();
  }

  /// What aliases stand for: what documents say, else the well-known communities of those names.
  ///
  /// @return alias → community
  public SortedMap<String, Community> communityAliases() {
    SortedMap<String, Community> aliases = new TreeMap<>();
    WellKnownCommunity.names()
        .forEach(name -> WellKnownCommunity.of(name).ifPresent(it -> aliases.put(name, it)));
    communities.forEach(document -> aliases.putAll(document.aliases()));
    return aliases;
  }

  /// The BGPAdvertisements with the aliases of their communities resolved, in the same order.
  public List<BgpAdvertisement> resolvedBgpAdvertisements() {
    SortedMap<String, Community> aliases = communityAliases();
    return bgpAdvertisements.stream()
        .map(advertisement -> advertisement.resolved(aliases))
        .toList();
  }
}
