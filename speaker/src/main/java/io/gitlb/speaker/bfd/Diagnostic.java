// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.util.Optional;

/// Why a session last left Up (RFC 5880 section 4.1), in the order of the wire's codes.
public enum Diagnostic {
  NONE,
  DETECTION_TIME_EXPIRED,
  ECHO_FAILED,
  NEIGHBOR_SIGNALED_DOWN,
  FORWARDING_PLANE_RESET,
  PATH_DOWN,
  CONCATENATED_PATH_DOWN,
  ADMINISTRATIVELY_DOWN,
  REVERSE_CONCATENATED_PATH_DOWN;

  private static final Diagnostic[] BY_CODE = values();

  /// The five bits of the wire.
  public int code() {
    return ordinal();
  }

  /// None for the codes 9 to 31, which are reserved and do no harm.
  public static Optional<Diagnostic> ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? Optional.of(BY_CODE[code]) : Optional.empty();
  }
}
