// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

/// The timers of a session (RFC 4271 section 10, RFC 9687).
public enum Timer {
  /// How long Idle lasts before the next attempt (RFC 4271 section 8.1.1, IdleHoldTimer).
  IDLE_HOLD("IdleHold"),
  CONNECT_RETRY("ConnectRetry"),
  HOLD("Hold"),
  KEEPALIVE("Keepalive"),
  /// How long our own octets may wait for the peer to read (RFC 9687).
  SEND_HOLD("SendHold"),
  /// How long a session must last before the back-off forgets earlier failures.
  STABLE("Stable");

  private final String label;

  Timer(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
