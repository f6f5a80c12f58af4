// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import java.util.Comparator;

/// The addresses of one family of a pool.
public record Space(PoolName pool, IpFamily family) implements Comparable<Space> {

  private static final Comparator<Space> ORDER =
      Comparator.comparing(Space::pool).thenComparing(Space::family);

  @Override
  public int compareTo(Space other) {
    return ORDER.compare(this, other);
  }
}
