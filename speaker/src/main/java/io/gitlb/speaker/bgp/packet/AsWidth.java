// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

/// How wide an AS number is inside AS_PATH; the two speakers agree on it by capability 65 (RFC 6793
/// section 4).
public enum AsWidth {
  TWO_OCTETS(2),
  FOUR_OCTETS(4);

  private final int octets;

  AsWidth(int octets) {
    this.octets = octets;
  }

  int octets() {
    return octets;
  }
}
