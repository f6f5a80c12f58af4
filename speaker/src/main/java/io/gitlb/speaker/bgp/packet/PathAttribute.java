// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A property of the routes in an UPDATE (RFC 4271 section 4.3).
///
///      0                   1
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |O|T|P|E| zero  |   Type Code   |  optional, transitive, partial, extended length
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |  Length, 1 or (E) 2 octets    |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |  Value (variable)
public sealed interface PathAttribute {

  /// Type 1, RFC 4271 section 5.1.1.
  enum Origin implements PathAttribute {
    IGP(0),
    EGP(1),
    INCOMPLETE(2);

    private final int code;

    Origin(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Optional<Origin> ofCode(int code) {
      return Arrays.stream(values()).filter(origin -> origin.code == code).findFirst();
    }
  }

  /// Type 2, RFC 4271 section 5.1.2; no segment at all inside the own AS.
  record AsPath(List<Segment> segments) implements PathAttribute {

    /// The path of a route that starts in the own AS.
    public static final AsPath EMPTY = new AsPath(List.of());

    public AsPath {
      segments = List.copyOf(segments);
    }

    /// One sequence of one AS.
    public static AsPath of(Asn asn) {
      return new AsPath(List.of(new Segment(SegmentKind.SEQUENCE, List.of(asn))));
    }
  }

  /// A run of AS numbers.
  ///
  /// @param asns 1 to 255
  record Segment(SegmentKind kind, List<Asn> asns) {
    public Segment {
      asns = List.copyOf(asns);
      if (asns.isEmpty() || asns.size() > 255) {
        throw new IllegalArgumentException("a segment holds 1 to 255 ASes, not " + asns.size());
      }
    }
  }

  /// The kinds of RFC 4271 and, for confederations, RFC 5065.
  enum SegmentKind {
    SET(1),
    SEQUENCE(2),
    CONFED_SEQUENCE(3),
    CONFED_SET(4);

    private final int code;

    SegmentKind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Optional<SegmentKind> ofCode(int code) {
      return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
    }
  }

  /// Type 3, RFC 4271 section 5.1.3.
  record NextHop(Ipv4 address) implements PathAttribute {}

  /// Type 4, RFC 4271 section 5.1.4.
  ///
  /// @param metric unsigned 32 bits
  record MultiExitDisc(long metric) implements PathAttribute {}

  /// Type 5, RFC 4271 section 5.1.5.
  ///
  /// @param preference unsigned 32 bits, higher is preferred
  record LocalPref(long preference) implements PathAttribute {}

  /// Type 8, RFC 1997.
  ///
  /// @param values at least one
  record Communities(List<Community.Standard> values) implements PathAttribute {
    public Communities {
      values = List.copyOf(values);
    }
  }

  /// Type 14, RFC 4760 section 3: announced prefixes of a family.
  ///
  /// @param nextHops one, or a global IPv6 address and a link-local one (RFC 2545 section 3)
  record MpReach(AddressFamily family, List<IpAddress> nextHops, List<IpPrefix> nlri)
      implements PathAttribute {
    public MpReach {
      nextHops = List.copyOf(nextHops);
      nlri = List.copyOf(nlri);
    }
  }

  /// Type 15, RFC 4760 section 4: withdrawn prefixes of a family; none: End-of-RIB (RFC 4724).
  record MpUnreach(AddressFamily family, List<IpPrefix> withdrawn) implements PathAttribute {
    public MpUnreach {
      withdrawn = List.copyOf(withdrawn);
    }
  }

  /// Type 17, RFC 6793 section 3: the path with wide numbers, for peers that pass it on unread.
  record As4Path(List<Segment> segments) implements PathAttribute {
    public As4Path {
      segments = List.copyOf(segments);
    }
  }

  /// Type 32, RFC 8092.
  ///
  /// @param values at least one
  record LargeCommunities(List<Community.Large> values) implements PathAttribute {
    public LargeCommunities {
      values = List.copyOf(values);
    }
  }

  /// Anything that we have no use for.
  ///
  /// @param flags the flags octet without the extended-length bit
  /// @param type 0 to 255
  record Opaque(int flags, int type, Octets value) implements PathAttribute {}
}
