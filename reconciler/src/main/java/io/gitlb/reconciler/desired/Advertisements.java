// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PoolName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The advertisements of one commit by the pools that they are for.
final class Advertisements {

  private final Definitions definitions;

  /// pool → the layer 2 advertisements for it, by name
  private final Map<PoolName, List<L2Advertisement>> layer2 = new HashMap<>();

  /// pool → the BGP advertisements for it, by name
  private final Map<PoolName, List<BgpAdvertisement>> bgp = new HashMap<>();

  Advertisements(Definitions definitions) {
    this.definitions = definitions;
    for (AddressPool pool : definitions.pools()) {
      layer2.put(
          pool.name(),
          definitions.l2Advertisements().stream().filter(ad -> ad.pools().selects(pool)).toList());
      bgp.put(
          pool.name(),
          definitions.bgpAdvertisements().stream().filter(ad -> ad.pools().selects(pool)).toList());
    }
  }

  /// The pool of the address, or, when no pool has it any more, the one of that name.
  Optional<PoolName> poolOf(IpAddress address, PoolName recorded) {
    return definitions.poolOf(address).or(() -> definitions.pool(recorded)).map(AddressPool::name);
  }

  List<L2Advertisement> layer2(PoolName pool, List<ServiceView> services) {
    return layer2.getOrDefault(pool, List.of()).stream()
        .filter(ad -> selectsOne(ad.serviceSelectors(), services))
        .toList();
  }

  List<BgpAdvertisement> bgp(PoolName pool, List<ServiceView> services) {
    return bgp.getOrDefault(pool, List.of()).stream()
        .filter(ad -> selectsOne(ad.serviceSelectors(), services))
        .toList();
  }

  private static boolean selectsOne(List<LabelSelector> selectors, List<ServiceView> services) {
    return services.stream()
        .anyMatch(service -> NodeSelection.selects(selectors, service.labels()));
  }
}
