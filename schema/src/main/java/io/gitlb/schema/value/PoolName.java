// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// An address pool by its name in the configuration.
///
/// @param value not empty
public record PoolName(String value) implements Comparable<PoolName> {

  public PoolName {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a pool has a name");
    }
  }

  @Override
  public int compareTo(PoolName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
