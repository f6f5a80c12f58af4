// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.util.Optional;

/// Why a session last left Up (RFC 5880 section 4.1).
public enum Diagnostic {
  NONE(0),
  DETECTION_TIME_EXPIRED(1),
  ECHO_FAILED(2),
  NEIGHBOR_SIGNALED_DOWN(3),
  FORWARDING_PLANE_RESET(4),
  PATH_DOWN(5),
  CONCATENATED_PATH_DOWN(6),
  ADMINISTRATIVELY_DOWN(7),
  REVERSE_CONCATENATED_PATH_DOWN(8);

  private static final Diagnostic[] BY_CODE = values();

  private final int code;

  Diagnostic(int code) {
    this.code = code;
  }

  /// The five bits of the wire.
  public int code() {
    return code;
  }

  /// None for the codes 9 to 31, which are reserved and do no harm.
  public static Optional<Diagnostic> ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? Optional.of(BY_CODE[code]) : Optional.empty();
  }
}
