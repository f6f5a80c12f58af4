// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// A cluster by the name that its ledger branch carries.
///
/// @param value not empty
public record ClusterName(String value) implements Comparable<ClusterName> {

  public ClusterName {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a cluster has a name");
    }
  }

  @Override
  public int compareTo(ClusterName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
