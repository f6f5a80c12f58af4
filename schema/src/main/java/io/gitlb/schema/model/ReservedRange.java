// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.IpRange;
import java.util.List;

/// A ReservedRange: addresses that are somebody else's, a DHCP server's or the management
/// network's; no pool may overlap them.
///
/// @param ranges sorted, at least one
/// @param reason why, for people
public record ReservedRange(String name, SourcePlace place, List<IpRange> ranges, String reason)
    implements Definition {

  public ReservedRange {
    ranges = ranges.stream().sorted().toList();
  }

  @Override
  public String documentName() {
    return name;
  }
}
