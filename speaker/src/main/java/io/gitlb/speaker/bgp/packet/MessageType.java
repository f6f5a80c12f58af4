// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import java.util.Optional;

/// The message types we know (RFC 4271 section 4.1, RFC 2918 section 3).
public enum MessageType {
  OPEN(1, 29),
  UPDATE(2, 23),
  NOTIFICATION(3, 21),
  KEEPALIVE(4, 19),
  ROUTE_REFRESH(5, 23);

  private static final MessageType[] ALL = values();

  private final int code;
  private final int minimumLength;

  MessageType(int code, int minimumLength) {
    this.code = code;
    this.minimumLength = minimumLength;
  }

  /// The type octet.
  public int code() {
    return code;
  }

  /// The shortest whole message of the type, in octets, header included.
  int minimumLength() {
    return minimumLength;
  }

  /// The longest whole message of the type, in octets: OPEN and KEEPALIVE stay short whatever was
  /// negotiated (RFC 8654 section 4).
  int maximumLength() {
    return switch (this) {
      case KEEPALIVE -> minimumLength;
      case OPEN -> MessageCodec.MAX_LENGTH;
      case UPDATE, NOTIFICATION, ROUTE_REFRESH -> MessageCodec.MAX_EXTENDED_LENGTH;
    };
  }

  static Optional<MessageType> ofCode(int code) {
    for (MessageType known : ALL) {
      if (known.code == code) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }
}
