// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

/// One BGP message that was captured (RFC 4271 section 4).
///
/// @param nanos when its last octet passed, since 1970
/// @param source the address of the sender
/// @param connection the same for both directions of one TCP connection
/// @param type as on the wire
/// @param length in octets, with its header
/// @param announced IPv4 prefixes, of an UPDATE
/// @param withdrawn IPv4 prefixes, of an UPDATE
public record BgpMessage(
    long nanos,
    String source,
    String connection,
    int type,
    int length,
    int announced,
    int withdrawn) {

  public static final int UPDATE = 2;
  public static final int KEEPALIVE = 4;

  /// Whether it tells of routes; End-of-RIB (RFC 4724) does not.
  public boolean changesRoutes() {
    return announced + withdrawn > 0;
  }
}
