// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// A BGP peer by its name in the configuration.
///
/// @param value not empty
public record PeerName(String value) implements Comparable<PeerName> {

  public PeerName {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a peer has a name");
    }
  }

  @Override
  public int compareTo(PeerName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
