// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

/// The EtherType numbers that are told apart here (IANA "ETHER TYPES").
final class EtherType {

  static final int ARP = 0x0806;
  static final int IPV6 = 0x86DD;

  private EtherType() {}

  /// Whether the frame carries a VLAN tag: IEEE 802.1Q, 802.1ad, or the older 0x9100 and 0x9200.
  static boolean isVlanTag(int etherType) {
    return switch (etherType) {
      case 0x8100, 0x88A8, 0x9100, 0x9200 -> true;
      default -> false;
    };
  }
}
