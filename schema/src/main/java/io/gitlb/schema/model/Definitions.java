// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The checked content of one commit of the config branch, each list sorted by name.
public record Definitions(
    List<AddressPool> pools,
    List<L2Advertisement> l2Advertisements,
    List<BgpAdvertisement> bgpAdvertisements,
    List<BgpPeer> bgpPeers,
    List<PinnedIp> pinnedIps,
    List<ReservedRange> reservedRanges) {

  /// Nothing defined.
  public static final Definitions NONE =
      new Definitions(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  public Definitions {
    pools = sorted(pools);
    l2Advertisements = sorted(l2Advertisements);
    bgpAdvertisements = sorted(bgpAdvertisements);
    bgpPeers = sorted(bgpPeers);
    pinnedIps = sorted(pinnedIps);
    reservedRanges = sorted(reservedRanges);
  }

  private static <D extends Definition> List<D> sorted(List<D> definitions) {
    return definitions.stream().sorted(Comparator.comparing(Definition::documentName)).toList();
  }

  /// The pool of that name.
  public Optional<AddressPool> pool(PoolName name) {
    return pools.stream().filter(pool -> pool.name().equals(name)).findFirst();
  }

  /// The pool that the address lies in; pools do not overlap.
  public Optional<AddressPool> poolOf(IpAddress address) {
    return pools.stream().filter(pool -> pool.contains(address)).findFirst();
  }
}
