// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.Optional;

/// An address that another node announces on its link.
///
/// @param before empty: no node does now
/// @param after empty: no node will
public record OwnerChange(IpAddress address, Optional<NodeName> before, Optional<NodeName> after)
    implements Comparable<OwnerChange> {

  @Override
  public int compareTo(OwnerChange other) {
    return address.compareTo(other.address);
  }
}
