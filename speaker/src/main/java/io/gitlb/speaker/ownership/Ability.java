// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// Whether this node can answer for an address now.
public sealed interface Ability {

  /// @param interfaces where it would answer, at least one
  record Able(SortedSet<String> interfaces) implements Ability {

    public Able {
      interfaces = Collections.unmodifiableSortedSet(new TreeSet<>(interfaces));
    }
  }

  /// @param reason for people
  record Unable(String reason) implements Ability {}
}
