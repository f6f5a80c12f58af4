// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bgp.packet.PathAttribute.As4Path;
import io.gitlb.speaker.bgp.packet.PathAttribute.AsPath;
import io.gitlb.speaker.bgp.packet.PathAttribute.Communities;
import io.gitlb.speaker.bgp.packet.PathAttribute.LargeCommunities;
import io.gitlb.speaker.bgp.packet.PathAttribute.LocalPref;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpReach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpUnreach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MultiExitDisc;
import io.gitlb.speaker.bgp.packet.PathAttribute.NextHop;
import io.gitlb.speaker.bgp.packet.PathAttribute.Opaque;
import io.gitlb.speaker.bgp.packet.PathAttribute.Origin;
import io.gitlb.speaker.bgp.packet.PathAttribute.Segment;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/// Writes path attributes in the order given; the extended length is used above 255 octets only.
final class AttributeEncoder {

  /// AFI, SAFI, next hop length and the reserved octet of MP_REACH.
  private static final int MP_REACH_FIXED = 5;

  private AttributeEncoder() {}

  static byte[] encode(List<PathAttribute> attributes, AsWidth asWidth) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    for (PathAttribute attribute : attributes) {
      byte[] value = value(attribute, asWidth);
      boolean extended = value.length > 0xFF;
      out.write(flags(attribute) | (extended ? AttributeType.EXTENDED_LENGTH : 0));
      out.write(type(attribute));
      if (extended) {
        out.write(value.length >>> 8);
      }
      out.write(value.length);
      out.writeBytes(value);
    }
    return out.toByteArray();
  }

  private static int type(PathAttribute attribute) {
    return switch (attribute) {
      case Origin _ -> AttributeType.ORIGIN;
      case AsPath _ -> AttributeType.AS_PATH;
      case NextHop _ -> AttributeType.NEXT_HOP;
      case MultiExitDisc _ -> AttributeType.MULTI_EXIT_DISC;
      case LocalPref _ -> AttributeType.LOCAL_PREF;
      case Communities _ -> AttributeType.COMMUNITIES;
      case MpReach _ -> AttributeType.MP_REACH;
      case MpUnreach _ -> AttributeType.MP_UNREACH;
      case As4Path _ -> AttributeType.AS4_PATH;
      case LargeCommunities _ -> AttributeType.LARGE_COMMUNITIES;
      case Opaque opaque -> opaque.type();
    };
  }

  private static int flags(PathAttribute attribute) {
    return attribute instanceof Opaque opaque
        ? opaque.flags()
        : AttributeType.requiredFlags(type(attribute));
  }

  private static byte[] value(PathAttribute attribute, AsWidth asWidth) {
    return switch (attribute) {
      case Origin origin -> new byte[] {(byte) origin.code()};
      case AsPath path -> segments(path.segments(), asWidth);
      case NextHop nextHop -> nextHop.address().toBytes();
      case MultiExitDisc med -> number(med.metric());
      case LocalPref localPref -> number(localPref.preference());
      case Communities communities -> communities(communities.values());
      case MpReach reach -> mpReach(reach);
      case MpUnreach unreach -> mpUnreach(unreach);
      case As4Path path -> segments(path.segments(), AsWidth.FOUR_OCTETS);
      case LargeCommunities communities -> largeCommunities(communities.values());
      case Opaque opaque -> opaque.value().toBytes();
    };
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(4).putInt((int) number).array();
  }

  private static byte[] segments(List<Segment> segments, AsWidth width) {
    int size = segments.stream().mapToInt(s -> 2 + s.asns().size() * width.octets()).sum();
    ByteBuffer out = ByteBuffer.allocate(size);
    for (Segment segment : segments) {
      out.put((byte) segment.kind().code()).put((byte) segment.asns().size());
      for (Asn asn : segment.asns()) {
        switch (width) {
          case TWO_OCTETS -> out.putShort((short) narrow(asn));
          case FOUR_OCTETS -> out.putInt((int) asn.number());
        }
      }
    }
    return out.array();
  }

  /// A number that does not fit two octets is written as AS_TRANS (RFC 6793 section 4.2.2).
  private static long narrow(Asn asn) {
    return asn.number() > 0xFFFF ? Asn.TRANS.number() : asn.number();
  }

  private static byte[] communities(List<Community.Standard> communities) {
    ByteBuffer out = ByteBuffer.allocate(4 * communities.size());
    communities.forEach(community -> out.putInt(community.bits()));
    return out.array();
  }

  private static byte[] largeCommunities(List<Community.Large> communities) {
    ByteBuffer out = ByteBuffer.allocate(12 * communities.size());
    for (Community.Large community : communities) {
      out.putInt(community.globalAdministrator())
          .putInt(community.localData1())
          .putInt(community.localData2());
    }
    return out.array();
  }

  private static byte[] mpReach(MpReach reach) {
    byte[] nlri = PrefixCodec.encode(reach.nlri());
    int nextHopLength =
        reach.nextHops().stream().mapToInt(address -> address.family().bits() / 8).sum();
    ByteBuffer out = ByteBuffer.allocate(MP_REACH_FIXED + nextHopLength + nlri.length);
    putFamily(out, reach.family()).put((byte) nextHopLength);
    for (IpAddress nextHop : reach.nextHops()) {
      out.put(nextHop.toBytes());
    }
    return out.put((byte) 0).put(nlri).array();
  }

  private static byte[] mpUnreach(MpUnreach unreach) {
    byte[] withdrawn = PrefixCodec.encode(unreach.withdrawn());
    ByteBuffer out = ByteBuffer.allocate(3 + withdrawn.length);
    return putFamily(out, unreach.family()).put(withdrawn).array();
  }

  private static ByteBuffer putFamily(ByteBuffer out, AddressFamily family) {
    return out.putShort((short) family.afi()).put((byte) family.safi());
  }
}
