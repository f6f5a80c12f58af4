// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

/// The state of a session (RFC 5880 section 4.1, field Sta), in the order of the wire's codes.
public enum SessionState {
  ADMIN_DOWN,
  DOWN,
  INIT,
  UP;

  private static final SessionState[] BY_CODE = values();

  /// The two bits of the wire.
  int code() {
    return ordinal();
  }

  static SessionState ofCode(int code) {
    return BY_CODE[code & 3];
  }
}
