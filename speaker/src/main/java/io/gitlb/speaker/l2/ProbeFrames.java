// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/// The frame that asks whether somebody uses an address, without saying that we do.
public final class ProbeFrames {

  private static final MacAddress ZERO = new MacAddress(0);

  /// A nonce has 48 bits.
  private static final long NONCES = 1L << 48;

  private ProbeFrames() {}

  /// A probe with sender address 0.0.0.0, so that no neighbour learns anything from it (RFC 5227
  /// section 2.1.1); for IPv6 a solicitation from `::` (RFC 4862 section 5.4.2), whose nonce is
  /// drawn anew each time (RFC 7527 section 4.1), so that a copy that comes back is known as ours.
  ///
  /// @param ownMac of the interface that sends it
  /// @param chance for the nonce
  public static EthernetFrame probe(IpAddress address, MacAddress ownMac, RandomGenerator chance) {
    return switch (address) {
      case Ipv4 v4 ->
          new EthernetFrame(
              MacAddress.BROADCAST,
              ownMac,
              new ArpPacket(ArpPacket.Operation.REQUEST, ownMac, new Ipv4(0), ZERO, v4));
      case Ipv6 v6 -> solicitation(v6, ownMac, chance.nextLong(NONCES));
    };
  }

  private static EthernetFrame solicitation(Ipv6 address, MacAddress ownMac, long nonce) {
    Ipv6 group = Ipv6Groups.solicitedNode(address);
    return new EthernetFrame(
        Ipv6Groups.macOf(group),
        ownMac,
        new NeighborSolicitation(
            Ipv6Groups.UNSPECIFIED, group, address, Optional.empty(), OptionalLong.of(nonce)));
  }
}
