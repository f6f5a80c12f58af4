// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PoolSelection;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Which advertisements of a kind are for which pools. Advertisements that name their pools cost as
/// much as they name, the others as many as there are pools.
final class AdvertisedPools<A extends Definition> {

  // pool → the advertisements for it, in the order of the text
  private final Map<PoolName, List<A>> byPool = new HashMap<>();
  // advertisement → its pools
  private final Map<A, List<AddressPool>> byAdvertisement = new LinkedHashMap<>();

  AdvertisedPools(
      Definitions definitions,
      List<A> advertisements,
      Function<A, PoolSelection> selection,
      Budget budget) {
    Map<PoolName, AddressPool> pools = new HashMap<>();
    definitions.pools().forEach(pool -> pools.put(pool.name(), pool));
    for (A advertisement : NameChecks.inOrderOfText(advertisements)) {
      PoolSelection selected = selection.apply(advertisement);
      List<AddressPool> found = new ArrayList<>();
      if (!selected.names().isEmpty() && selected.selectors().isEmpty()) {
        selected.names().stream().filter(pools::containsKey).map(pools::get).forEach(found::add);
      } else {
        definitions.pools().stream()
            .filter(pool -> budget.allowsOneMore() && selected.selects(pool))
            .forEach(found::add);
      }
      byAdvertisement.put(advertisement, found);
      found.forEach(
          pool -> byPool.computeIfAbsent(pool.name(), _ -> new ArrayList<>()).add(advertisement));
    }
  }

  /// In the order of the text.
  List<A> of(AddressPool pool) {
    return byPool.getOrDefault(pool.name(), List.of());
  }

  /// The pools of the advertisement that are defined.
  List<AddressPool> of(A advertisement) {
    return byAdvertisement.getOrDefault(advertisement, List.of());
  }
}
