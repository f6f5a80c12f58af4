// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.packet.AttributeFault.Treatment;
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
import io.gitlb.speaker.bgp.packet.PathAttribute.SegmentKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Reads the path attributes of one UPDATE under the revised error handling of RFC 7606: a fault is
/// noted and reading goes on, unless the routes of the message can no longer be told.
final class AttributeDecoder {

  private final AsWidth asWidth;
  private final List<PathAttribute> attributes = new ArrayList<>();
  private final List<AttributeFault> faults = new ArrayList<>();

  /// The type codes met so far, faulty ones too.
  private final BitSet seen = new BitSet(256);

  AttributeDecoder(AsWidth asWidth) {
    this.asWidth = asWidth;
  }

  List<PathAttribute> attributes() {
    return attributes;
  }

  List<AttributeFault> faults() {
    return faults;
  }

  boolean hasSeen(int type) {
    return seen.get(type);
  }

  void fault(int type, String reason) {
    faults.add(new AttributeFault(type, Treatment.TREAT_AS_WITHDRAW, reason));
  }

  /// Reads up to the limit of the buffer; where one attribute's length runs over, the rest is lost
  /// but the routes behind are found by the total length (RFC 7606 section 4).
  void decode(ByteBuffer in) {
    while (in.hasRemaining()) {
      int start = in.position();
      int flags = in.get() & 0xFF; // 1
      int lengthOctets = (flags & AttributeType.EXTENDED_LENGTH) != 0 ? 2 : 1;
      if (in.remaining() < 1 + lengthOctets) {
        fault(0, "the attributes end inside an attribute's head");
        return;
      }
      int type = in.get() & 0xFF; // 2
      int length = lengthOctets == 2 ? in.getShort() & 0xFFFF : in.get() & 0xFF; // 3 or 4
      if (length > in.remaining()) {
        fault(type, "the attribute is longer than the attributes as a whole");
        return;
      }
      int end = in.position() + length;
      decodeOne(flags, type, in.slice(in.position(), length), in.slice(start, end - start));
      in.position(end);
    }
  }

  /// @param whole head and value, for an answer that shows them
  private void decodeOne(int flags, int type, ByteBuffer value, ByteBuffer whole) {
    boolean multiprotocol = type == AttributeType.MP_REACH || type == AttributeType.MP_UNREACH;
    if (seen.get(type)) {
      if (multiprotocol) { // RFC 7606 section 3 (g)
        throw new MalformedMessage(Notification.updateError(1, Octets.EMPTY));
      }
      faults.add(new AttributeFault(type, Treatment.DISCARD_ATTRIBUTE, "repeated"));
      return;
    }
    seen.set(type);
    int required = AttributeType.requiredFlags(type);
    int kind = flags & (AttributeType.OPTIONAL | AttributeType.TRANSITIVE);
    if (required >= 0 && kind != required) {
      if (multiprotocol) {
        throw new MalformedMessage(Notification.updateError(4, Octets.remaining(whole)));
      }
      fault(type, "wrong flags"); // RFC 7606 section 3 (c)
      return;
    }
    if (required < 0 && (flags & AttributeType.OPTIONAL) == 0) {
      fault(type, "a well-known attribute that is not known");
      return;
    }
    Optional<PathAttribute> attribute =
        switch (type) {
          case AttributeType.ORIGIN -> origin(value);
          case AttributeType.AS_PATH -> segments(value, asWidth).map(AsPath::new);
          case AttributeType.NEXT_HOP -> nextHop(value);
          case AttributeType.MULTI_EXIT_DISC -> number(value).map(MultiExitDisc::new);
          case AttributeType.LOCAL_PREF -> number(value).map(LocalPref::new);
          case AttributeType.COMMUNITIES -> communities(value);
          case AttributeType.LARGE_COMMUNITIES -> largeCommunities(value);
          case AttributeType.MP_REACH -> mpReach(value, whole);
          case AttributeType.MP_UNREACH -> mpUnreach(value, whole);
          case AttributeType.AS4_PATH -> segments(value, AsWidth.FOUR_OCTETS).map(As4Path::new);
          default -> Optional.of(opaque(flags, type, value));
        };
    if (attribute.isPresent()) {
      attributes.add(attribute.get());
    } else if (type == AttributeType.AS4_PATH) { // RFC 6793 section 6
      faults.add(new AttributeFault(type, Treatment.DISCARD_ATTRIBUTE, "malformed"));
    } else {
      fault(type, "malformed");
    }
  }

  private static Opaque opaque(int flags, int type, ByteBuffer value) {
    return new Opaque(flags & ~AttributeType.EXTENDED_LENGTH, type, Octets.remaining(value));
  }

  private static Optional<PathAttribute> origin(ByteBuffer in) {
    if (in.remaining() != 1) {
      return Optional.empty();
    }
    return Origin.ofCode(in.get() & 0xFF).map(origin -> origin);
  }

  private static Optional<PathAttribute> nextHop(ByteBuffer in) {
    return in.remaining() == 4 ? Optional.of(new NextHop(new Ipv4(in.getInt()))) : Optional.empty();
  }

  private static Optional<Long> number(ByteBuffer in) {
    return in.remaining() == 4
        ? Optional.of(Integer.toUnsignedLong(in.getInt()))
        : Optional.empty();
  }

  /// RFC 7606 section 7.2: an unknown segment type, a count of zero or a count that runs over is
  /// malformed; so is AS 0 (RFC 7607).
  private static Optional<List<Segment>> segments(ByteBuffer in, AsWidth width) {
    List<Segment> segments = new ArrayList<>();
    while (in.hasRemaining()) {
      if (in.remaining() < 2) {
        return Optional.empty();
      }
      Optional<SegmentKind> kind = SegmentKind.ofCode(in.get() & 0xFF); // 1
      int count = in.get() & 0xFF; // 2
      if (kind.isEmpty() || count == 0 || count * width.octets() > in.remaining()) {
        return Optional.empty();
      }
      List<Asn> asns = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        long asn =
            switch (width) {
              case TWO_OCTETS -> in.getShort() & 0xFFFF;
              case FOUR_OCTETS -> Integer.toUnsignedLong(in.getInt());
            };
        if (asn == 0) {
          return Optional.empty();
        }
        asns.add(new Asn(asn));
      }
      segments.add(new Segment(kind.get(), asns));
    }
    return Optional.of(segments);
  }

  private static Optional<PathAttribute> communities(ByteBuffer in) {
    if (!in.hasRemaining() || in.remaining() % 4 != 0) { // RFC 7606 section 7.8
      return Optional.empty();
    }
    List<Community.Standard> values = new ArrayList<>();
    while (in.hasRemaining()) {
      values.add(new Community.Standard(in.getInt()));
    }
    return Optional.of(new Communities(values));
  }

  private static Optional<PathAttribute> largeCommunities(ByteBuffer in) {
    if (!in.hasRemaining() || in.remaining() % 12 != 0) { // RFC 8092 section 6
      return Optional.empty();
    }
    List<Community.Large> values = new ArrayList<>();
    while (in.hasRemaining()) {
      values.add(new Community.Large(in.getInt(), in.getInt(), in.getInt()));
    }
    return Optional.of(new LargeCommunities(values));
  }

  /// AFI 2, SAFI 1, next hop length 1, next hop, reserved 1, NLRI.
  private static Optional<PathAttribute> mpReach(ByteBuffer in, ByteBuffer whole) {
    ByteBuffer start = in.duplicate();
    if (in.remaining() < 5) {
      throw optionalAttributeError(whole);
    }
    AddressFamily family = new AddressFamily(in.getShort() & 0xFFFF, in.get() & 0xFF); // 3
    int nextHopLength = in.get() & 0xFF; // 4
    if (nextHopLength + 1 > in.remaining()) {
      throw optionalAttributeError(whole);
    }
    Optional<IpFamily> unicast = family.unicastOf();
    if (unicast.isEmpty()) {
      return Optional.of(opaque(AttributeType.OPTIONAL, AttributeType.MP_REACH, start));
    }
    List<IpAddress> nextHops = nextHops(in.slice(in.position(), nextHopLength), whole);
    in.position(in.position() + nextHopLength + 1);
    List<IpPrefix> nlri =
        PrefixCodec.decode(unicast.get(), in).orElseThrow(() -> optionalAttributeError(whole));
    return Optional.of(new MpReach(family, nextHops, nlri));
  }

  /// A wrong next hop length leaves it open where the routes begin (RFC 7606 section 7.11).
  private static List<IpAddress> nextHops(ByteBuffer in, ByteBuffer whole) {
    int size =
        switch (in.remaining()) {
          case 4 -> 4;
          case 16, 32 -> 16;
          default -> throw optionalAttributeError(whole);
        };
    List<IpAddress> nextHops = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] address = new byte[size];
      in.get(address);
      nextHops.add(IpAddress.ofBytes(address));
    }
    return nextHops;
  }

  /// AFI 2, SAFI 1, withdrawn prefixes.
  private static Optional<PathAttribute> mpUnreach(ByteBuffer in, ByteBuffer whole) {
    ByteBuffer start = in.duplicate();
    if (in.remaining() < 3) {
      throw optionalAttributeError(whole);
    }
    AddressFamily family = new AddressFamily(in.getShort() & 0xFFFF, in.get() & 0xFF); // 3
    Optional<IpFamily> unicast = family.unicastOf();
    if (unicast.isEmpty()) {
      return Optional.of(opaque(AttributeType.OPTIONAL, AttributeType.MP_UNREACH, start));
    }
    List<IpPrefix> withdrawn =
        PrefixCodec.decode(unicast.get(), in).orElseThrow(() -> optionalAttributeError(whole));
    return Optional.of(new MpUnreach(family, withdrawn));
  }

  private static MalformedMessage optionalAttributeError(ByteBuffer whole) {
    return new MalformedMessage(Notification.updateError(9, Octets.remaining(whole)));
  }
}
