// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

/// ROUTE-REFRESH (RFC 2918 section 3, RFC 7313 section 3.2).
///
///     +---------------+---------------+---------------+---------------+
///     |          AFI (16)             |  Subtype (8)  |   SAFI (8)    |
///     +---------------+---------------+---------------+---------------+
///
/// @param subtype 0 request, 1 begin of refresh, 2 end of refresh; others are passed over
public record RouteRefresh(AddressFamily family, int subtype) implements Message {

  public static final int REQUEST = 0;
  public static final int BEGIN = 1;
  public static final int END = 2;

  public RouteRefresh {
    if (subtype < 0 || subtype > 0xFF) {
      throw new IllegalArgumentException("the subtype is one octet, not " + subtype);
    }
  }
}
