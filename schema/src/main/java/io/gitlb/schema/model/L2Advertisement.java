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
/// @param onCordon what becomes of a selected node that is cordoned
/// @param rebalance whether addresses move to nodes that have fewer
public record L2Advertisement(
    String name,
    SourcePlace place,
    PoolSelection pools,
    List<LabelSelector> nodeSelectors,
    List<String> interfaces,
    List<LabelSelector> serviceSelectors,
    List<PreferredNodes> preferredNodes,
    OnCordon onCordon,
    Rebalance rebalance)
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

  /// Whether addresses move to nodes that have fewer of them.
  public enum Rebalance {
    /// An address stays with its owner as long as that one is as good as any.
    NEVER("Never"),
    /// One address a minute moves, once nothing else has happened for ten minutes.
    GRADUAL("Gradual");

    private final String text;

    Rebalance(String text) {
      this.text = text;
    }

    /// As documents write it.
    public String text() {
      return text;
    }
  }

  @Override
  public String documentName() {
    return name;
  }
}
