// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

/// One BGP message without its header.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                     Marker, 16 octets of 0xFF                 |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |          Length               |      Type     |   Body ...
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public sealed interface Message permits Open, Update, Notification, Keepalive, RouteRefresh {

  /// The type that the header carries.
  default MessageType type() {
    return switch (this) {
      case Open _ -> MessageType.OPEN;
      case Update _ -> MessageType.UPDATE;
      case Notification _ -> MessageType.NOTIFICATION;
      case Keepalive _ -> MessageType.KEEPALIVE;
      case RouteRefresh _ -> MessageType.ROUTE_REFRESH;
    };
  }
}
