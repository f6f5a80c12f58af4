// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.PoolSelection;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PoolName;
import java.util.List;
import java.util.TreeSet;

/// The two fields with which both kinds of advertisement name their pools.
final class PoolSelections {

  private PoolSelections() {}

  static PoolSelection read(Fields spec) {
    List<PoolName> names = spec.list("ipAddressPools", Names::poolName);
    List<LabelSelector> selectors = spec.list("ipAddressPoolSelectors", Selectors::read);
    return new PoolSelection(new TreeSet<>(names), selectors);
  }
}
