// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import java.nio.ByteBuffer;

/// One BGP message that was captured (RFC 4271 section 4).
///
/// @param nanos when its last octet passed, since 1970
/// @param source the address of the sender
/// @param connection the same for both directions of one TCP connection
/// @param type as on the wire
/// @param length in octets, with its header
/// @param announced IPv4 prefixes, of an UPDATE
/// @param withdrawn IPv4 prefixes, of an UPDATE
/// @param error of a NOTIFICATION: its code, times 256, and its subcode; else 0
public record BgpMessage(
    long nanos,
    String source,
    String connection,
    int type,
    int length,
    int announced,
    int withdrawn,
    int error) {

  public static final int OPEN = 1;
  public static final int UPDATE = 2;
  public static final int NOTIFICATION = 3;
  public static final int KEEPALIVE = 4;

  private static final int HEADER = 19;

  /// Of a captured message.
  ///
  /// @param octets all of it
  static BgpMessage of(long nanos, String source, String connection, ByteBuffer octets) {
    int withdrawn = 0;
    int type = octets.get(HEADER - 1);
    if (type == UPDATE) {
      withdrawn = prefixes(octets.slice(HEADER + 2, Short.toUnsignedInt(octets.getShort(HEADER))));
    }
    return new BgpMessage(
        nanos,
        source,
        connection,
        type,
        octets.limit(),
        announcedIn(octets),
        withdrawn,
        type == NOTIFICATION ? Short.toUnsignedInt(octets.getShort(HEADER)) : 0);
  }

  /// How many IPv4 prefixes a message announces.
  ///
  /// @param octets all of it
  static int announcedIn(ByteBuffer octets) {
    if (octets.get(HEADER - 1) != UPDATE) {
      return 0;
    }
    int gone = Short.toUnsignedInt(octets.getShort(HEADER));
    int attributes = Short.toUnsignedInt(octets.getShort(HEADER + 2 + gone));
    int begin = HEADER + 4 + gone + attributes;
    return prefixes(octets.slice(begin, octets.limit() - begin));
  }

  private static int prefixes(ByteBuffer list) {
    int count = 0;
    while (list.hasRemaining()) {
      int octets = (Byte.toUnsignedInt(list.get()) + 7) / 8;
      list.position(list.position() + octets);
      count++;
    }
    return count;
  }

  /// Whether it tells of routes; End-of-RIB (RFC 4724) does not.
  public boolean changesRoutes() {
    return announced + withdrawn > 0;
  }
}
