// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

/// The state of a session (RFC 5880 section 4.1, field Sta).
public enum SessionState {
  ADMIN_DOWN(0),
  DOWN(1),
  INIT(2),
  UP(3);

  private static final SessionState[] BY_CODE = {ADMIN_DOWN, DOWN, INIT, UP};

  private final int code;

  SessionState(int code) {
    this.code = code;
  }

  /// The two bits of the wire.
  int code() {
    return code;
  }

  static SessionState ofCode(int code) {
    return BY_CODE[code & 3];
  }

  /// The table of RFC 5880 section 6.8.6, rows by what we are: what we become when the peer tells
  /// us its state.
  SessionState hearing(SessionState told) {
    return switch (this) {
      case ADMIN_DOWN -> ADMIN_DOWN;
      case DOWN ->
          switch (told) {
            case DOWN -> INIT;
            case INIT -> UP;
            case ADMIN_DOWN, UP -> DOWN;
          };
      case INIT ->
          switch (told) {
            case ADMIN_DOWN -> DOWN;
            case DOWN -> INIT;
            case INIT, UP -> UP;
          };
      case UP ->
          switch (told) {
            case ADMIN_DOWN, DOWN -> DOWN;
            case INIT, UP -> UP;
          };
    };
  }
}
