// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;

/// An address of one of this node's interfaces, in whatever state.
///
/// @param network what it says to be on the link: on a point-to-point link the peer
/// @param prefixLength that it was given, in bits
/// @param flags `IFA_F_*` of `<linux/if_addr.h>`
public record NodeAddress(
    String interfaceName, IpAddress address, IpPrefix network, int prefixLength, int flags) {

  static NodeAddress of(LinkDump.Own own, String interfaceName) {
    return new NodeAddress(
        interfaceName,
        own.address().address(),
        own.network(),
        own.address().prefixLength(),
        own.flags());
  }

  /// Whether somebody else was found to have it (RFC 4862 section 5.4).
  public boolean isDuplicate() {
    return has(LinkDump.IFA_F_DADFAILED);
  }

  /// Whether it is not known yet that nobody else has it.
  public boolean isTentative() {
    return has(LinkDump.IFA_F_TENTATIVE);
  }

  /// Whether nothing new is to begin with it (RFC 4862 section 5.5.4).
  public boolean isDeprecated() {
    return has(LinkDump.IFA_F_DEPRECATED);
  }

  /// Whether it is beside another one of its network (IPv4) or temporary (IPv6, RFC 8981); the
  /// kernel has one flag for both.
  public boolean isSecondary() {
    return has(LinkDump.IFA_F_SECONDARY);
  }

  /// Whether it is one of no network: /32 or /128, as floating addresses often are.
  public boolean isSingle() {
    return prefixLength == address.family().bits();
  }

  /// Whether it lasts only until some time, as one of DHCP or of a router does.
  public boolean isLeased() {
    return !has(LinkDump.IFA_F_PERMANENT);
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
