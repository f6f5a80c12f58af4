// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a speaker can do beyond RFC 4271, offered in its OPEN (RFC 5492).
///
///     +------------------------------+
///     | Capability Code (1 octet)    |
///     +------------------------------+
///     | Capability Length (1 octet)  |
///     +------------------------------+
///     | Capability Value (variable)  |
///     +------------------------------+
public sealed interface Capability {

  /// Code 1, RFC 4760 section 8: one a family.
  record Multiprotocol(AddressFamily family) implements Capability {}

  /// Code 2, RFC 2918.
  record RouteRefreshRequest() implements Capability {}

  /// Code 5, RFC 8950: prefixes of one family with next hops of another.
  ///
  /// @param encodings in the order offered
  record ExtendedNextHop(List<NextHopEncoding> encodings) implements Capability {
    public ExtendedNextHop {
      encodings = List.copyOf(encodings);
    }
  }

  /// One triple of capability 5; the SAFI has two octets there.
  ///
  /// @param nextHopAfi the address family number of the next hop, 0 to 65535
  record NextHopEncoding(int afi, int safi, int nextHopAfi) {

    /// The one that we have a use for.
    public static final NextHopEncoding IPV4_UNICAST_OVER_IPV6 = new NextHopEncoding(1, 1, 2);
  }

  /// Code 6, RFC 8654: messages of up to 65535 octets.
  record ExtendedMessage() implements Capability {}

  /// Code 64, RFC 4724 section 3.
  ///
  ///     | Restart Flags (4 bits) | Restart Time (12 bits) |
  ///     | AFI (16) | SAFI (8) | Flags for the family (8) |  any number of times
  ///
  /// @param restartTime whole seconds, 0 to 4095
  /// @param families may be empty: only End-of-RIB markers are meant then
  record GracefulRestart(
      Set<RestartFlag> flags, Duration restartTime, List<PreservedFamily> families)
      implements Capability {

    /// The longest time of 12 bits.
    public static final Duration MAX_RESTART_TIME = Duration.ofSeconds(4095);

    public GracefulRestart {
      flags = Collections.unmodifiableSortedSet(new TreeSet<>(flags));
      families = List.copyOf(families);
      if (restartTime.isNegative() || restartTime.compareTo(MAX_RESTART_TIME) > 0) {
        throw new IllegalArgumentException("a restart time is 0 to 4095 s, not " + restartTime);
      }
    }
  }

  /// The flags before the restart time.
  enum RestartFlag {
    /// RFC 4724: the speaker has just restarted.
    RESTARTED(0x8),
    /// RFC 8538: NOTIFICATIONs are covered too.
    NOTIFICATION(0x4);

    private final int bit;

    RestartFlag(int bit) {
      this.bit = bit;
    }

    int bit() {
      return bit;
    }
  }

  /// A family of capability 64.
  record PreservedFamily(AddressFamily family, Forwarding forwarding) {}

  /// Whether traffic went on while the speaker restarted (the F bit, 0x80).
  enum Forwarding {
    LOST,
    PRESERVED
  }

  /// Code 65, RFC 6793.
  ///
  /// @param asn 0 to 4294967295; 0 is possible on the wire and then refused
  record FourOctetAs(long asn) implements Capability {}

  /// Code 70, RFC 7313.
  record EnhancedRouteRefresh() implements Capability {}

  /// Any other code, or a known one whose value makes no sense but can be ignored.
  ///
  /// @param code 0 to 255
  /// @param value at most 255 octets
  record Unknown(int code, Octets value) implements Capability {}
}
