// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.speaker.bgp.packet.Notification;

/// Why we end a session ourselves (RFC 4486).
public sealed interface StopReason {

  /// The speaker stops.
  ///
  /// @param text for the operator on the other side
  record Shutdown(String text) implements StopReason {}

  /// The peer is gone from the configuration.
  record PeerRemoved() implements StopReason {}

  /// The session has to be made anew with other parameters.
  record ConfigurationChanged() implements StopReason {}

  /// What the peer is told.
  default Notification cease() {
    return switch (this) {
      case Shutdown(String text) -> Notification.administrativeShutdown(text);
      case PeerRemoved _ -> Notification.peerDeconfigured();
      case ConfigurationChanged _ -> Notification.otherConfigurationChange();
    };
  }
}
