// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.LabelSelector;
import java.util.List;

/// An L2Advertisement.
///
/// @param nodeSelectors one must match; empty means every node
/// @param interfaces names; empty means every interface
/// @param serviceSelectors one must match; empty means every Service
/// @param preferredNodes soft preferences among the selected nodes
public record L2Advertisement(
    String name,
    SourcePlace place,
    PoolSelection pools,
    List<LabelSelector> nodeSelectors,
    List<String> interfaces,
    List<LabelSelector> serviceSelectors,
    List<PreferredNodes> preferredNodes)
    implements Definition {

  public L2Advertisement {
    nodeSelectors = List.copyOf(nodeSelectors);
    interfaces = interfaces.stream().sorted().toList();
    serviceSelectors = List.copyOf(serviceSelectors);
    preferredNodes = List.copyOf(preferredNodes);
  }

  /// A soft preference.
  ///
  /// @param weight 1 to 100; the weights of all matching preferences add up
  public record PreferredNodes(int weight, LabelSelector preference) {}

  @Override
  public String documentName() {
    return name;
  }
}
