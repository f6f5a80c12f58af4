// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import java.util.HexFormat;
import java.util.List;

/// Frames as bytes, field by field, with the value each stands for.
final class ArpFrames {

  static final MacAddress OURS = MacAddress.of("02:00:5e:00:53:01");
  static final MacAddress ASKER = MacAddress.of("02:00:5e:00:53:aa");
  static final MacAddress ZERO = new MacAddress(0);
  static final Ipv4 ADDRESS = v4("192.0.2.10");
  static final Ipv4 ASKER_ADDRESS = v4("192.0.2.77");

  private static final String PADDING = "000000000000000000000000000000000000";

  /// Bytes and value of one frame.
  record Golden(String name, String hex, EthernetFrame value) {
    byte[] octets() {
      return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static final Golden REQUEST =
      new Golden(
          "broadcast request",
          "ffffffffffff 02005e0053aa 0806 0001 0800 06 04 0001"
              + "02005e0053aa c000024d 000000000000 c000020a"
              + PADDING,
          new EthernetFrame(
              MacAddress.BROADCAST,
              ASKER,
              new ArpPacket(ArpPacket.Operation.REQUEST, ASKER, ASKER_ADDRESS, ZERO, ADDRESS)));

  static final Golden REPLY =
      new Golden(
          "unicast reply",
          "02005e0053aa 02005e005301 0806 0001 0800 06 04 0002"
              + "02005e005301 c000020a 02005e0053aa c000024d"
              + PADDING,
          new EthernetFrame(
              ASKER,
              OURS,
              new ArpPacket(ArpPacket.Operation.REPLY, OURS, ADDRESS, ASKER, ASKER_ADDRESS)));

  static final Golden GRATUITOUS_REQUEST =
      new Golden(
          "gratuitous request",
          "ffffffffffff 02005e005301 0806 0001 0800 06 04 0001"
              + "02005e005301 c000020a 000000000000 c000020a"
              + PADDING,
          new EthernetFrame(
              MacAddress.BROADCAST,
              OURS,
              new ArpPacket(ArpPacket.Operation.REQUEST, OURS, ADDRESS, ZERO, ADDRESS)));

  static final Golden GRATUITOUS_REPLY =
      new Golden(
          "gratuitous reply",
          "ffffffffffff 02005e005301 0806 0001 0800 06 04 0002"
              + "02005e005301 c000020a 02005e005301 c000020a"
              + PADDING,
          new EthernetFrame(
              MacAddress.BROADCAST,
              OURS,
              new ArpPacket(ArpPacket.Operation.REPLY, OURS, ADDRESS, OURS, ADDRESS)));

  static final Golden PROBE =
      new Golden(
          "probe",
          "ffffffffffff 02005e005301 0806 0001 0800 06 04 0001"
              + "02005e005301 00000000 000000000000 c000020a"
              + PADDING,
          new EthernetFrame(
              MacAddress.BROADCAST,
              OURS,
              new ArpPacket(ArpPacket.Operation.REQUEST, OURS, v4("0.0.0.0"), ZERO, ADDRESS)));

  static final List<Golden> ALL =
      List.of(REQUEST, REPLY, PROBE, GRATUITOUS_REQUEST, GRATUITOUS_REPLY);

  private ArpFrames() {}

  static Ipv4 v4(String text) {
    return switch (IpAddress.of(text)) {
      case Ipv4 address -> address;
      case Ipv6 address -> throw new AssertionError(address.toString());
    };
  }

  static EthernetFrame request(MacAddress asker, Ipv4 from, Ipv4 about) {
    return new EthernetFrame(
        MacAddress.BROADCAST,
        asker,
        new ArpPacket(ArpPacket.Operation.REQUEST, asker, from, ZERO, about));
  }
}
