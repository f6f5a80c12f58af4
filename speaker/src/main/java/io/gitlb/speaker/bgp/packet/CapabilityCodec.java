// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.speaker.bgp.packet.Capability.EnhancedRouteRefresh;
import io.gitlb.speaker.bgp.packet.Capability.ExtendedMessage;
import io.gitlb.speaker.bgp.packet.Capability.ExtendedNextHop;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import io.gitlb.speaker.bgp.packet.Capability.FourOctetAs;
import io.gitlb.speaker.bgp.packet.Capability.GracefulRestart;
import io.gitlb.speaker.bgp.packet.Capability.Multiprotocol;
import io.gitlb.speaker.bgp.packet.Capability.NextHopEncoding;
import io.gitlb.speaker.bgp.packet.Capability.PreservedFamily;
import io.gitlb.speaker.bgp.packet.Capability.RestartFlag;
import io.gitlb.speaker.bgp.packet.Capability.RouteRefreshRequest;
import io.gitlb.speaker.bgp.packet.Capability.Unknown;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Capabilities as code, length, value (RFC 5492 section 4).
final class CapabilityCodec {

  private static final int MULTIPROTOCOL = 1;
  private static final int ROUTE_REFRESH = 2;
  private static final int EXTENDED_NEXT_HOP = 5;
  private static final int EXTENDED_MESSAGE = 6;
  private static final int GRACEFUL_RESTART = 64;
  private static final int FOUR_OCTET_AS = 65;
  private static final int ENHANCED_ROUTE_REFRESH = 70;

  private static final int FORWARDING_BIT = 0x80;

  private CapabilityCodec() {}

  /// All capabilities of one optional parameter.
  static void decode(ByteBuffer in, List<Capability> into) {
    while (in.hasRemaining()) {
      if (in.remaining() < 2) {
        throw new MalformedMessage(Notification.malformedOpen());
      }
      int code = in.get() & 0xFF; // 1
      int length = in.get() & 0xFF; // 2
      if (length > in.remaining()) {
        throw new MalformedMessage(Notification.malformedOpen());
      }
      into.add(decodeOne(code, in.slice(in.position(), length)));
      in.position(in.position() + length);
    }
  }

  /// A known capability whose length the negotiation cannot do without is refused; others of wrong
  /// length are ignored, as capabilities we do not know are.
  private static Capability decodeOne(int code, ByteBuffer value) {
    return switch (code) {
      case MULTIPROTOCOL -> multiprotocol(exactly(4, value));
      case FOUR_OCTET_AS -> new FourOctetAs(Integer.toUnsignedLong(exactly(4, value).getInt()));
      default -> wellFormed(code, value.remaining()) ? optional(code, value) : unknown(code, value);
    };
  }

  private static boolean wellFormed(int code, int length) {
    return switch (code) {
      case ROUTE_REFRESH, EXTENDED_MESSAGE, ENHANCED_ROUTE_REFRESH -> length == 0;
      case EXTENDED_NEXT_HOP -> length % 6 == 0;
      case GRACEFUL_RESTART -> length % 4 == 2;
      default -> true;
    };
  }

  private static Capability optional(int code, ByteBuffer value) {
    return switch (code) {
      case ROUTE_REFRESH -> new RouteRefreshRequest();
      case EXTENDED_MESSAGE -> new ExtendedMessage();
      case ENHANCED_ROUTE_REFRESH -> new EnhancedRouteRefresh();
      case EXTENDED_NEXT_HOP -> extendedNextHop(value);
      case GRACEFUL_RESTART -> gracefulRestart(value);
      default -> unknown(code, value);
    };
  }

  private static Unknown unknown(int code, ByteBuffer value) {
    return new Unknown(code, Octets.remaining(value));
  }

  private static ByteBuffer exactly(int length, ByteBuffer value) {
    if (value.remaining() != length) {
      throw new MalformedMessage(Notification.malformedOpen());
    }
    return value;
  }

  private static Multiprotocol multiprotocol(ByteBuffer in) {
    int afi = in.getShort() & 0xFFFF; // 2
    in.get(); // 3, reserved
    return new Multiprotocol(new AddressFamily(afi, in.get() & 0xFF)); // 4
  }

  private static ExtendedNextHop extendedNextHop(ByteBuffer in) {
    List<NextHopEncoding> encodings = new ArrayList<>();
    while (in.hasRemaining()) {
      int afi = in.getShort() & 0xFFFF; // 2
      int safi = in.getShort() & 0xFFFF; // 4
      encodings.add(new NextHopEncoding(afi, safi, in.getShort() & 0xFFFF)); // 6
    }
    return new ExtendedNextHop(encodings);
  }

  private static GracefulRestart gracefulRestart(ByteBuffer in) {
    int head = in.getShort() & 0xFFFF; // 2
    Set<RestartFlag> flags = EnumSet.noneOf(RestartFlag.class);
    for (RestartFlag flag : RestartFlag.values()) {
      if ((head >>> 12 & flag.bit()) != 0) {
        flags.add(flag);
      }
    }
    List<PreservedFamily> families = new ArrayList<>();
    while (in.hasRemaining()) {
      AddressFamily family = new AddressFamily(in.getShort() & 0xFFFF, in.get() & 0xFF); // 3
      boolean preserved = (in.get() & FORWARDING_BIT) != 0; // 4
      families.add(new PreservedFamily(family, preserved ? Forwarding.PRESERVED : Forwarding.LOST));
    }
    return new GracefulRestart(flags, Duration.ofSeconds(head & 0xFFF), families);
  }

  /// The capabilities one after another, without the head of an optional parameter.
  static byte[] encode(List<Capability> capabilities) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Capability capability : capabilities) {
      byte[] value = value(capability);
      if (value.length > 0xFF) {
        throw new IllegalArgumentException("a capability has at most 255 octets: " + capability);
      }
      out.write(code(capability));
      out.write(value.length);
      out.writeBytes(value);
    }
    return out.toByteArray();
  }

  private static int code(Capability capability) {
    return switch (capability) {
      case Multiprotocol _ -> MULTIPROTOCOL;
      case RouteRefreshRequest _ -> ROUTE_REFRESH;
      case ExtendedNextHop _ -> EXTENDED_NEXT_HOP;
      case ExtendedMessage _ -> EXTENDED_MESSAGE;
      case GracefulRestart _ -> GRACEFUL_RESTART;
      case FourOctetAs _ -> FOUR_OCTET_AS;
      case EnhancedRouteRefresh _ -> ENHANCED_ROUTE_REFRESH;
      case Unknown unknown -> unknown.code();
    };
  }

  private static byte[] value(Capability capability) {
    return switch (capability) {
      case RouteRefreshRequest _ -> new byte[0];
      case ExtendedMessage _ -> new byte[0];
      case EnhancedRouteRefresh _ -> new byte[0];
      case FourOctetAs as -> ByteBuffer.allocate(4).putInt((int) as.asn()).array();
      case Unknown unknown -> unknown.value().toBytes();
      case Multiprotocol(AddressFamily family) ->
          ByteBuffer.allocate(4)
              .putShort((short) family.afi())
              .put((byte) 0)
              .put((byte) family.safi())
              .array();
      case ExtendedNextHop(List<NextHopEncoding> encodings) -> {
        ByteBuffer out = ByteBuffer.allocate(6 * encodings.size());
        for (NextHopEncoding encoding : encodings) {
          out.putShort((short) encoding.afi())
              .putShort((short) encoding.safi())
              .putShort((short) encoding.nextHopAfi());
        }
        yield out.array();
      }
      case GracefulRestart restart -> gracefulRestartValue(restart);
    };
  }

  private static byte[] gracefulRestartValue(GracefulRestart restart) {
    int head = (int) restart.restartTime().toSeconds();
    for (RestartFlag flag : restart.flags()) {
      head |= flag.bit() << 12;
    }
    ByteBuffer out = ByteBuffer.allocate(2 + 4 * restart.families().size());
    out.putShort((short) head);
    for (PreservedFamily preserved : restart.families()) {
      out.putShort((short) preserved.family().afi())
          .put((byte) preserved.family().safi())
          .put((byte) (preserved.forwarding() == Forwarding.PRESERVED ? FORWARDING_BIT : 0));
    }
    return out.array();
  }
}
