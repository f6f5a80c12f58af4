// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// An Approval: lets one risky change through, once.
///
/// @param expires from then on it approves nothing
/// @param reason why, for people; one line
public record Approval(String name, SourcePlace place, Grant grant, Instant expires, String reason)
    implements Definition {

  /// What is let through.
  public sealed interface Grant {}

  /// What a change does to live addresses.
  ///
  /// @param addresses sorted
  /// @param pools with `addresses` a union, of which at least one is not empty; need not be defined
  ///   any more
  /// @param digest of the change's consequences as `gitlb plan` prints it: `sha256:` and 64
  ///   hexadecimal digits
  public record Change(List<IpRange> addresses, SortedSet<PoolName> pools, String digest)
      implements Grant {

    public Change {
      addresses = addresses.stream().sorted().toList();
      pools = Collections.unmodifiableSortedSet(new TreeSet<>(pools));
      if (addresses.isEmpty() && pools.isEmpty()) {
        throw new IllegalArgumentException("an approval names an address or a pool");
      }
    }
  }

  /// A head of the config branch that does not descend from the accepted commit.
  ///
  /// @param replaces the accepted commit, 40 hexadecimal digits
  public record Replacement(String replaces) implements Grant {}

  @Override
  public String documentName() {
    return name;
  }
}
