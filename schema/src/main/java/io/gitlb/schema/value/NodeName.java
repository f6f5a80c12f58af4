// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// A node by its Kubernetes name.
///
/// @param value not empty
public record NodeName(String value) implements Comparable<NodeName> {

  public NodeName {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a node has a name");
    }
  }

  @Override
  public int compareTo(NodeName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
