// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// The two address families. The order (IPv4 first) is the order of all output.
public enum IpFamily {
  IPV4(32, "IPv4"),
  IPV6(128, "IPv6");

  private final int bits;
  private final String label;

  IpFamily(int bits, String label) {
    this.bits = bits;
    this.label = label;
  }

  /// The number of bits of an address: 32 or 128.
  public int bits() {
    return bits;
  }

  /// As Kubernetes spells it: `IPv4` or `IPv6`.
  @Override
  public String toString() {
    return label;
  }
}
