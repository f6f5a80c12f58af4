// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static io.gitlb.speaker.l2.ArpFrames.ASKER;
import static io.gitlb.speaker.l2.ArpFrames.OURS;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.NeighborAdvertisement.Flag;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Frames of neighbour discovery as bytes, with the value each stands for. The checksums were
/// computed by another program.
final class NeighborFrames {

  static final Ipv6 ADDRESS = v6("2001:db8::b0a:1");
  static final Ipv6 GROUP = v6("ff02::1:ff0a:1");
  static final MacAddress GROUP_MAC = MacAddress.of("33:33:ff:0a:00:01");
  static final Ipv6 ASKER_ADDRESS = v6("fe80::aa");
  static final Ipv6 OUR_ADDRESS = v6("fe80::1");

  static final ArpFrames.Golden SOLICITATION =
      new ArpFrames.Golden(
          "solicitation",
          "3333ff0a0001 02005e0053aa 86dd"
              + " 60000000 00203aff fe8000000000000000000000000000a"
              + "a ff0200000000000000000001ff0a0001"
              + " 87008dfa00000000 20010db800000000000000000b0a0001 010102005e0053aa",
          new EthernetFrame(
              GROUP_MAC,
              ASKER,
              new NeighborSolicitation(
                  ASKER_ADDRESS, GROUP, ADDRESS, Optional.of(ASKER), OptionalLong.empty())));

  static final ArpFrames.Golden REACHABILITY_CHECK =
      new ArpFrames.Golden(
          "unicast solicitation without option",
          "02005e005301 02005e0053aa 86dd"
              + " 60000000 00183aff fe8000000000000000000000000000a"
              + "a 20010db800000000000000000b0a0001"
              + " 870007fa00000000 20010db800000000000000000b0a0001",
          new EthernetFrame(
              OURS,
              ASKER,
              new NeighborSolicitation(
                  ASKER_ADDRESS, ADDRESS, ADDRESS, Optional.empty(), OptionalLong.empty())));

  static final ArpFrames.Golden DUPLICATE_DETECTION =
      new ArpFrames.Golden(
          "duplicate address detection",
          "3333ff0a0001 02005e0053aa 86dd"
              + " 60000000 00203aff 0000000000000000000000000000000"
              + "0 ff0200000000000000000001ff0a0001"
              + " 870048e200000000 20010db800000000000000000b0a0001 0e01a1a2a3a4a5a6",
          new EthernetFrame(
              GROUP_MAC,
              ASKER,
              new NeighborSolicitation(
                  Ipv6Groups.UNSPECIFIED,
                  GROUP,
                  ADDRESS,
                  Optional.empty(),
                  OptionalLong.of(0xA1A2_A3A4_A5A6L))));

  static final ArpFrames.Golden ADVERTISEMENT =
      new ArpFrames.Golden(
          "solicited advertisement",
          "02005e0053aa 02005e005301 86dd"
              + " 60000000 00203aff 20010db800000000000000000b0a000"
              + "1 fe8000000000000000000000000000aa"
              + " 8800f1ee60000000 20010db800000000000000000b0a0001 020102005e005301",
          new EthernetFrame(
              ASKER,
              OURS,
              new NeighborAdvertisement(
                  ADDRESS,
                  ASKER_ADDRESS,
                  ADDRESS,
                  Set.of(Flag.SOLICITED, Flag.OVERRIDE),
                  Optional.of(OURS))));

  static final ArpFrames.Golden UNSOLICITED =
      new ArpFrames.Golden(
          "unsolicited advertisement",
          "333300000001 02005e005301 86dd"
              + " 60000000 00203aff fe80000000000000000000000000000"
              + "1 ff020000000000000000000000000001"
              + " 88006c5820000000 20010db800000000000000000b0a0001 020102005e005301",
          new EthernetFrame(
              MacAddress.of("33:33:00:00:00:01"),
              OURS,
              new NeighborAdvertisement(
                  OUR_ADDRESS,
                  Ipv6Groups.ALL_NODES,
                  ADDRESS,
                  Set.of(Flag.OVERRIDE),
                  Optional.of(OURS))));

  static final List<ArpFrames.Golden> ALL =
      List.of(SOLICITATION, REACHABILITY_CHECK, DUPLICATE_DETECTION, ADVERTISEMENT, UNSOLICITED);

  private NeighborFrames() {}

  static Ipv6 v6(String text) {
    return switch (IpAddress.of(text)) {
      case Ipv6 address -> address;
      case Ipv4 address -> throw new AssertionError(address.toString());
    };
  }
}
