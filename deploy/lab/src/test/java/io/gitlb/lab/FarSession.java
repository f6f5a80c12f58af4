// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PeerName;
import java.util.List;
import java.util.Locale;

/// The sessions of a [FarField] with each router, by what our address ends in; each carries the
/// routes of its own that end in the same.
enum FarSession {
  /// With another AS over two links, and BFD.
  FAR(11),
  /// Within the router's AS over two links, and BFD.
  OWN(12),
  /// With another AS over two links as if it were one.
  SHORT(13),
  /// With an AS of four octets, and a router that knows two.
  WIDE(21),
  /// With a router that knows no capabilities.
  BARE(22),
  /// With FRR that takes as agreed what it was told.
  OVERRIDE(23),
  /// With FRR that wants all that it offers.
  STRICT(24),
  /// With TTL security at both ends.
  GUARDED(25),
  /// With TTL security at the router alone.
  LAX(26);

  private final int number;

  FarSession(int number) {
    this.number = number;
  }

  /// Whether there are two links between the ends.
  boolean isFar() {
    return number < 20;
  }

  /// Whether the router has it: BIRD agrees only on what both have said.
  boolean isWith(FarRouter router) {
    return router == FarRouter.FRR || (this != OVERRIDE && this != STRICT);
  }

  /// Of its connections, each with routes of its own family.
  List<IpFamily> families() {
    return this == FAR || this == OWN ? List.of(IpFamily.values()) : List.of(IpFamily.IPV4);
  }

  /// Of ours.
  String address(IpFamily family) {
    return switch (family) {
      case IPV4 -> (isFar() ? "10.80.0." : "10.78.0.") + number;
      case IPV6 -> (isFar() ? "2001:db8:80::" : "2001:db8:78::") + number;
    };
  }

  /// What is announced there.
  IpAddress service(IpFamily family) {
    return switch (family) {
      case IPV4 -> IpAddress.of("203.0.113." + number);
      case IPV6 -> IpAddress.of("2001:db8:f00::" + number);
    };
  }

  /// What the speaker calls it.
  PeerName peer(FarRouter router, IpFamily family) {
    return new PeerName((router + "-" + this + "-" + family).toLowerCase(Locale.ROOT));
  }
}
