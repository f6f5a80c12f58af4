// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

/// Why a received frame is not answered. The first rule that applies, in this order, is the reason.
public enum DropReason {
  /// Shorter than an Ethernet header.
  FRAME_TRUNCATED("FrameTruncated"),
  /// Carries a VLAN tag: it belongs to a sub-interface, and must never be answered untagged.
  VLAN_TAGGED("VlanTagged"),
  /// Of a type that is not answered here.
  OTHER_ETHER_TYPE("OtherEtherType"),
  /// An ARP packet of fewer than 28 octets.
  ARP_TRUNCATED("ArpTruncated"),
  /// Not Ethernet (htype 1).
  ARP_HARDWARE_TYPE("ArpHardwareType"),
  /// Not IPv4 (ptype 0x0800).
  ARP_PROTOCOL_TYPE("ArpProtocolType"),
  /// Address lengths other than 6 and 4.
  ARP_ADDRESS_LENGTH("ArpAddressLength"),
  /// Neither request nor reply.
  ARP_OPERATION("ArpOperation"),
  /// An IPv6 packet that is cut, or whose length says more than there is.
  IPV6_TRUNCATED("Ipv6Truncated"),
  /// Not version 6.
  IPV6_VERSION("Ipv6Version"),
  /// A fragment or another extension header before the message (RFC 6980 section 5).
  IPV6_EXTENSION_HEADER("Ipv6ExtensionHeader"),
  /// IPv6, but no neighbour solicitation or advertisement.
  OTHER_IPV6("OtherIpv6"),
  /// Hop limit other than 255: it came through a router (RFC 4861 section 7.1).
  NDP_HOP_LIMIT("NdpHopLimit"),
  /// Of fewer than 24 octets.
  NDP_TRUNCATED("NdpTruncated"),
  /// The ICMPv6 checksum is wrong.
  NDP_CHECKSUM("NdpChecksum"),
  /// An ICMPv6 code other than 0.
  NDP_CODE("NdpCode"),
  /// Asks for or speaks of a group.
  NDP_TARGET_MULTICAST("NdpTargetMulticast"),
  /// An option of length 0, longer than the message, or of a length that its kind has not.
  NDP_OPTION("NdpOption"),
  /// A solicitation from `::` with a hardware address, or to other than a solicited-node group.
  NDP_UNSPECIFIED_SOURCE("NdpUnspecifiedSource"),
  /// An advertisement to a group that says it was asked for.
  NDP_SOLICITED_MULTICAST("NdpSolicitedMulticast"),
  /// Sent by this very interface and seen again: a hub, a bond, a loop.
  OWN_FRAME("OwnFrame"),
  /// The sender's hardware address is zero, a group or the broadcast address.
  SENDER_MAC_INVALID("SenderMacInvalid"),
  /// The sender's hardware address is not the frame's source: forged or relayed.
  SENDER_MAC_MISMATCH("SenderMacMismatch"),
  /// Sent to another station or to a group other than everybody.
  WRONG_DESTINATION("WrongDestination"),
  /// Somebody else says that an address of ours is theirs (RFC 5227 section 2.4).
  FOREIGN_CLAIM("ForeignClaim"),
  /// A reply to somebody; nothing to answer.
  ARP_REPLY("ArpReply"),
  /// A neighbour advertisement about an address that is not ours; nothing to answer.
  NEIGHBOR_ADVERTISEMENT("NeighborAdvertisement"),
  /// The sender's protocol address is loopback, multicast, reserved or not one of a host.
  SENDER_ADDRESS_INVALID("SenderAddressInvalid"),
  /// Asks for an address that is announced from here, but not on this interface.
  OTHER_INTERFACE("OtherInterface"),
  /// Asks for an address that is not announced from here.
  NOT_ANNOUNCED("NotAnnounced"),
  /// The interface has no link-local address that is ready, so that no advertisement can be sent.
  NO_LINK_LOCAL("NoLinkLocal"),
  /// The same station asks for the same address too often, or for all together.
  RATE_LIMITED("RateLimited"),
  /// All stations together ask too often on this interface.
  INTERFACE_RATE_LIMITED("InterfaceRateLimited"),
  /// This speaker was stopped for a while and has not yet looked whether the address is still its
  /// own. Not the responder's rule: it comes last, when the answer is about to leave.
  FENCED("Fenced");

  private final String label;

  DropReason(String label) {
    this.label = label;
  }

  /// The permanent name for people. Metrics and the status have that of the constant instead, in
  /// lower case.
  public String label() {
    return label;
  }
}
