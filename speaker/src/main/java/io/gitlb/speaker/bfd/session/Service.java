// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

/// What sessions are for, and so where they are heard.
enum Service {
  /// Between speakers, on a link.
  LIVENESS(LivenessSessions.PORT),
  /// With a router on a link (RFC 5881 section 4).
  SINGLE_HOP(3_784),
  /// With a router behind others (RFC 5883 section 5).
  MULTIHOP(4_784);

  private final int port;

  Service(int port) {
    this.port = port;
  }

  int port() {
    return port;
  }
}
