// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.value.ServiceRef;

/// When a Service is decided on: by rank, then by namespace and name.
record Turn(Rank rank, ServiceRef service) implements Comparable<Turn> {

  /// The constants are in the order of the turns. Who has something goes before who waits, so that
  /// nobody's address is given away from under him.
  enum Rank {
    HOLDS,
    PINNED,
    REQUESTS,
    WAITS
  }

  @Override
  public int compareTo(Turn other) {
    int byRank = rank.compareTo(other.rank);
    return byRank != 0 ? byRank : service.compareTo(other.service);
  }
}
