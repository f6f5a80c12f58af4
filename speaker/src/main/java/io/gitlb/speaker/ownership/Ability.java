// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.FixedSortedSet;
import java.util.Optional;
import java.util.SortedSet;

/// Whether this node can answer for an address now.
public sealed interface Ability {

  /// Why this node claims nothing now, for people; empty when it does.
  default Optional<String> whyNotClaiming() {
    return switch (this) {
      case Able _ -> Optional.empty();
      case Doubtful(SortedSet<String> _, String reason) -> Optional.of(reason);
      case Unable(String reason) -> Optional.of(reason);
    };
  }

  /// @param interfaces where it would answer, at least one
  record Able(SortedSet<String> interfaces) implements Ability {

    public Able {
      interfaces = FixedSortedSet.copyOf(interfaces);
    }
  }

  /// It answers while it holds and nobody else can, and leaves the address to anybody who can; it
  /// claims nothing.
  ///
  /// @param interfaces where it would answer, at least one
  /// @param reason for people
  record Doubtful(SortedSet<String> interfaces, String reason) implements Ability {

    public Doubtful {
      interfaces = FixedSortedSet.copyOf(interfaces);
    }
  }

  /// @param reason for people
  record Unable(String reason) implements Ability {}
}
