// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.MacAddress;
import java.nio.ByteBuffer;

/// An Ethernet II frame without its check sequence.
///
///     0                6               12       14
///     | destination    | source         | type   | payload ... padded to 60 octets
///
/// @param destination a station, a group or everybody
/// @param source the station that sent it
public record EthernetFrame(MacAddress destination, MacAddress source, Payload payload) {

  /// IEEE 802.3: 64 octets, of which the card adds the 4 of the check sequence.
  static final int MINIMUM_OCTETS = 60;

  static final int HEADER_OCTETS = 14;

  /// What a frame of ours carries.
  public sealed interface Payload permits ArpPacket, NeighborSolicitation, NeighborAdvertisement {}

  /// What became of some received bytes.
  sealed interface Decoding {

    /// A frame of a type that is understood here.
    record Decoded(EthernetFrame frame) implements Decoding {}

    /// Bytes that are not such a frame.
    record Undecodable(DropReason reason) implements Decoding {}
  }

  /// Reads from the buffer's position to its limit; padding is ignored. Never reads outside, never
  /// throws.
  static Decoding decode(ByteBuffer in) {
    if (in.remaining() < HEADER_OCTETS) {
      return new Decoding.Undecodable(DropReason.FRAME_TRUNCATED);
    }
    MacAddress destination = readMac(in); // 6 octets
    MacAddress source = readMac(in); // 6 octets
    int etherType = Short.toUnsignedInt(in.getShort()); // 2 octets
    if (EtherType.isVlanTag(etherType)) {
      return new Decoding.Undecodable(DropReason.VLAN_TAGGED);
    }
    return switch (etherType) {
      case EtherType.ARP ->
          switch (ArpPacket.decode(in)) {
            case ArpPacket.Decoding.Decoded(ArpPacket packet) ->
                new Decoding.Decoded(new EthernetFrame(destination, source, packet));
            case ArpPacket.Decoding.Undecodable(DropReason reason) ->
                new Decoding.Undecodable(reason);
          };
      case EtherType.IPV6 ->
          switch (NeighborCodec.decode(in)) {
            case NeighborCodec.Decoding.Decoded(Payload message) ->
                new Decoding.Decoded(new EthernetFrame(destination, source, message));
            case NeighborCodec.Decoding.Undecodable(DropReason reason) ->
                new Decoding.Undecodable(reason);
          };
      default -> new Decoding.Undecodable(DropReason.OTHER_ETHER_TYPE);
    };
  }

  /// The bytes for the wire, padded with zeros to the least size of a frame.
  public byte[] encode() {
    return switch (payload) {
      case ArpPacket packet -> {
        byte[] octets = new byte[Math.max(MINIMUM_OCTETS, HEADER_OCTETS + ArpPacket.OCTETS)];
        ByteBuffer out = ByteBuffer.wrap(octets);
        writeMac(out, destination);
        writeMac(out, source);
        out.putShort((short) EtherType.ARP);
        packet.encode(out);
        yield octets;
      }
      case NeighborSolicitation message -> encodeIpv6(NeighborCodec.encode(message));
      case NeighborAdvertisement message -> encodeIpv6(NeighborCodec.encode(message));
    };
  }

  /// Always longer than the least frame: 64 octets and the header.
  private byte[] encodeIpv6(byte[] packet) {
    ByteBuffer out = ByteBuffer.allocate(HEADER_OCTETS + packet.length);
    writeMac(out, destination);
    writeMac(out, source);
    return out.putShort((short) EtherType.IPV6).put(packet).array();
  }

  static MacAddress readMac(ByteBuffer in) {
    long high = Integer.toUnsignedLong(in.getInt()); // 4 octets
    return new MacAddress(high << 16 | Short.toUnsignedLong(in.getShort())); // 2 octets
  }

  static void writeMac(ByteBuffer out, MacAddress address) {
    out.putInt((int) (address.bits() >>> 16));
    out.putShort((short) address.bits());
  }
}
