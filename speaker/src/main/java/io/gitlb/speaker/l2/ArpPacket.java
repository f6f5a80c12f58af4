// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.nio.ByteBuffer;

/// An ARP packet for IPv4 over Ethernet ([RFC 826](https://www.rfc-editor.org/rfc/rfc826),
/// hardware type 1 of the IANA ARP parameters).
///
///     0         2         4     5     6         8            14        18           24        28
///     | htype 1 | ptype   | 6   | 4   | op      | sha        | spa     | tha        | tpa     |
///
/// @param senderMac sha: who says so
/// @param senderAddress spa: 0.0.0.0 in a probe (RFC 5227 section 1.1)
/// @param targetMac tha: means nothing in a request
/// @param targetAddress tpa: whom a request asks for
public record ArpPacket(
    Operation operation,
    MacAddress senderMac,
    Ipv4 senderAddress,
    MacAddress targetMac,
    Ipv4 targetAddress)
    implements EthernetFrame.Payload {

  static final int OCTETS = 28;

  private static final int HARDWARE_ETHERNET = 1;
  private static final int PROTOCOL_IPV4 = 0x0800;
  private static final int HARDWARE_OCTETS = 6;
  private static final int PROTOCOL_OCTETS = 4;

  /// The two operations of RFC 826; the others of the IANA registry are not for us.
  public enum Operation {
    REQUEST(1),
    REPLY(2);

    private final int code;

    Operation(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /// What became of the payload of a frame of type ARP.
  sealed interface Decoding {

    /// A packet.
    record Decoded(ArpPacket packet) implements Decoding {}

    /// Bytes that are not such a packet.
    record Undecodable(DropReason reason) implements Decoding {}
  }

  /// Reads 28 octets from the buffer's position; never throws.
  static Decoding decode(ByteBuffer in) {
    if (in.remaining() < OCTETS) {
      return new Decoding.Undecodable(DropReason.ARP_TRUNCATED);
    }
    int hardware = Short.toUnsignedInt(in.getShort()); // 2 octets
    int protocol = Short.toUnsignedInt(in.getShort()); // 2 octets
    int hardwareOctets = Byte.toUnsignedInt(in.get()); // 1 octet
    int protocolOctets = Byte.toUnsignedInt(in.get()); // 1 octet
    int operation = Short.toUnsignedInt(in.getShort()); // 2 octets
    if (hardware != HARDWARE_ETHERNET) {
      return new Decoding.Undecodable(DropReason.ARP_HARDWARE_TYPE);
    }
    if (protocol != PROTOCOL_IPV4) {
      return new Decoding.Undecodable(DropReason.ARP_PROTOCOL_TYPE);
    }
    if (hardwareOctets != HARDWARE_OCTETS || protocolOctets != PROTOCOL_OCTETS) {
      return new Decoding.Undecodable(DropReason.ARP_ADDRESS_LENGTH);
    }
    return switch (operation) {
      case 1 -> new Decoding.Decoded(readAddresses(Operation.REQUEST, in));
      case 2 -> new Decoding.Decoded(readAddresses(Operation.REPLY, in));
      default -> new Decoding.Undecodable(DropReason.ARP_OPERATION);
    };
  }

  private static ArpPacket readAddresses(Operation operation, ByteBuffer in) {
    MacAddress senderMac = EthernetFrame.readMac(in); // 6 octets
    Ipv4 senderAddress = new Ipv4(in.getInt()); // 4 octets
    MacAddress targetMac = EthernetFrame.readMac(in); // 6 octets
    Ipv4 targetAddress = new Ipv4(in.getInt()); // 4 octets
    return new ArpPacket(operation, senderMac, senderAddress, targetMac, targetAddress);
  }

  void encode(ByteBuffer out) {
    out.putShort((short) HARDWARE_ETHERNET);
    out.putShort((short) PROTOCOL_IPV4);
    out.put((byte) HARDWARE_OCTETS);
    out.put((byte) PROTOCOL_OCTETS);
    out.putShort((short) operation.code());
    EthernetFrame.writeMac(out, senderMac);
    out.putInt(senderAddress.bits());
    EthernetFrame.writeMac(out, targetMac);
    out.putInt(targetAddress.bits());
  }
}
