// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.value.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an address depends on in two configurations: its pool, the advertisements of that pool, the
/// pins of its addresses. Pools that it does not lie in cannot take it away.
record Surroundings(Definitions before, Definitions after) {

  /// Whether nothing of it differs.
  boolean areSame(IpAddress address) {
    return same(of(before, address), of(after, address));
  }

  private static boolean same(List<Definition> one, List<Definition> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (!DocumentChanges.saysTheSame(one.get(i), other.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<Definition> of(Definitions definitions, IpAddress address) {
    Optional<AddressPool> pool = definitions.poolOf(address);
    List<Definition> found = new ArrayList<>(pool.stream().toList());
    for (L2Advertisement ad : definitions.l2Advertisements()) {
      pool.filter(ad.pools()::selects).ifPresent(_ -> found.add(ad));
    }
    for (BgpAdvertisement ad : definitions.bgpAdvertisements()) {
      pool.filter(ad.pools()::selects).ifPresent(_ -> found.add(ad));
    }
    definitions.pinnedIps().stream()
        .filter(pin -> pin.addresses().contains(address))
        .forEach(found::add);
    return found;
  }
}
