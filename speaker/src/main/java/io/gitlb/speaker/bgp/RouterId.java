// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.nio.charset.StandardCharsets;

/// A BGP identifier for a node without an IPv4 address: any non-zero number that no other speaker
/// of the AS has (RFC 6286), the same after each restart.
public final class RouterId {

  // FNV-1a, 32 bits.
  private static final int OFFSET_BASIS = 0x811C9DC5;
  private static final int PRIME = 0x01000193;

  private RouterId() {}

  /// A hash of the name; two nodes of one AS meet with a chance of one in four thousand million.
  public static Ipv4 ofNode(NodeName node) {
    int hash = fnv(node.value());
    // From state zero one more octet gives octet x prime, which is not zero.
    return new Ipv4(hash == 0 ? fnv(node.value() + "'") : hash);
  }

  private static int fnv(String text) {
    int hash = OFFSET_BASIS;
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xFF)) * PRIME;
    }
    return hash;
  }
}
