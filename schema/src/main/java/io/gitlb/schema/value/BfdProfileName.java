// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// A BFD profile by its name in the configuration.
///
/// @param value not empty
public record BfdProfileName(String value) implements Comparable<BfdProfileName> {

  public BfdProfileName {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a BFD profile has a name");
    }
  }

  @Override
  public int compareTo(BfdProfileName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
