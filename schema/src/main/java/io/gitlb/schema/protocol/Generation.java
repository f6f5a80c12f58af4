// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import java.util.Comparator;

/// The version of a node's desired state. Compared first by epoch, then by number; a speaker
/// refuses anything lower than what it has. The states of all nodes draw from one counter, so
/// generations of different nodes compare too.
///
/// @param epoch of the leader that built it, at least 1
/// @param number counts up within the epoch over all nodes, so that a node's own skip some, at
///   least 1
public record Generation(long epoch, long number) implements Comparable<Generation> {

  private static final Comparator<Generation> ORDER =
      Comparator.comparingLong(Generation::epoch).thenComparingLong(Generation::number);

  public Generation {
    if (epoch < 1 || number < 1) {
      throw new IllegalArgumentException("epoch and number count from 1");
    }
  }

  @Override
  public int compareTo(Generation other) {
    return ORDER.compare(this, other);
  }

  /// `epoch.number`.
  @Override
  public String toString() {
    return epoch + "." + number;
  }
}
