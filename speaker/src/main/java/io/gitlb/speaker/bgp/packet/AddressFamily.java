// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.IpFamily;
import java.util.Comparator;
import java.util.Optional;

/// An address family and its subsequent family (RFC 4760 section 3), as peers name it; most of the
/// possible ones are foreign to us and only passed over.
///
/// @param afi IANA address family number, 0 to 65535: 1 IPv4, 2 IPv6
/// @param safi 0 to 255: 1 unicast
public record AddressFamily(int afi, int safi) implements Comparable<AddressFamily> {

  public static final AddressFamily IPV4_UNICAST = new AddressFamily(1, 1);
  public static final AddressFamily IPV6_UNICAST = new AddressFamily(2, 1);

  private static final Comparator<AddressFamily> ORDER =
      Comparator.comparingInt(AddressFamily::afi).thenComparingInt(AddressFamily::safi);

  public AddressFamily {
    if (afi < 0 || afi > 0xFFFF || safi < 0 || safi > 0xFF) {
      throw new IllegalArgumentException("no address family: " + afi + "/" + safi);
    }
  }

  /// Unicast of that family.
  public static AddressFamily unicast(IpFamily family) {
    return switch (family) {
      case IPV4 -> IPV4_UNICAST;
      case IPV6 -> IPV6_UNICAST;
    };
  }

  /// The family of the prefixes, or empty when this is not one of the two that we speak.
  public Optional<IpFamily> unicastOf() {
    if (equals(IPV4_UNICAST)) {
      return Optional.of(IpFamily.IPV4);
    }
    return equals(IPV6_UNICAST) ? Optional.of(IpFamily.IPV6) : Optional.empty();
  }

  @Override
  public int compareTo(AddressFamily other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return unicastOf().map(family -> family + "/unicast").orElse("afi" + afi + "/safi" + safi);
  }
}
