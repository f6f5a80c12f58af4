// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.IpRange;
import java.util.List;
import java.util.OptionalLong;

/// A ReservedRange: addresses that are somebody else's, a DHCP server's or the management
/// network's; no pool may overlap them, or each pool a little only.
///
/// @param ranges sorted, at least one
/// @param reason why, for people
/// @param maxPoolAddresses how many of the addresses a pool may give, at least 1; empty: none
public record ReservedRange(
    String name,
    SourcePlace place,
    List<IpRange> ranges,
    String reason,
    OptionalLong maxPoolAddresses)
    implements Definition {

  public ReservedRange {
    ranges = ranges.stream().sorted().toList();
  }

  /// Addresses that no pool may give.
  public ReservedRange(String name, SourcePlace place, List<IpRange> ranges, String reason) {
    this(name, place, ranges, reason, OptionalLong.empty());
  }

  /// Whether pools may give none of the addresses.
  public boolean isClosed() {
    return maxPoolAddresses.isEmpty();
  }

  @Override
  public String documentName() {
    return name;
  }
}
