// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.packet.Notification;
import java.util.Optional;

/// Why we end a session ourselves (RFC 4486), and with it whether the peer shall keep our routes:
///
///     reason                    without graceful restart   with it      with RFC 8538 too
///     Shutdown, PeerRemoved     6/2, 6/3                   6/2, 6/3     6/9 with 6/2, 6/3 in it
///     Restart                   6/4                        (silence)    6/4
///     ConfigurationChanged      6/6                        6/6          6/6
///     Collision, Replaced       of one connection of two, see [Peering]
public sealed interface StopReason {

  /// The speaker stops for good: routes go.
  ///
  /// @param text for the operator on the other side
  record Shutdown(String text) implements StopReason {}

  /// The speaker will be back soon; the node forwards on meanwhile.
  ///
  /// @param text for the operator on the other side
  record Restart(String text) implements StopReason {}

  /// The peer is gone from the configuration: routes go.
  record PeerRemoved() implements StopReason {}

  /// The session has to be made anew with other parameters, at once.
  record ConfigurationChanged() implements StopReason {}

  /// The other of two connections with the peer stays (RFC 4271 section 6.8).
  record Collision() implements StopReason {}

  /// The peer has restarted and does not know this connection any more (RFC 4724 section 5).
  record Replaced() implements StopReason {}

  /// What the peer is told on a connection that has seen our OPEN; empty: the connection just ends.
  ///
  /// @param agreed empty before both OPENs were exchanged
  default Optional<Notification> farewell(Optional<Negotiated> agreed) {
    boolean graceful = agreed.filter(session -> session.has(Extra.GRACEFUL_RESTART)).isPresent();
    boolean overNotifications =
        agreed.filter(session -> session.has(Extra.NOTIFICATION_RESTART)).isPresent();
    return switch (this) {
      case Shutdown(String text) ->
          Optional.of(lasting(Notification.administrativeShutdown(text), agreed));
      case PeerRemoved _ -> Optional.of(lasting(Notification.peerDeconfigured(), agreed));
      case Restart(String text) ->
          graceful && !overNotifications
              ? Optional.empty()
              : Optional.of(Notification.administrativeReset(text));
      case ConfigurationChanged _ -> Optional.of(Notification.otherConfigurationChange());
      case Collision _ -> Optional.of(Notification.connectionCollision());
      case Replaced _ -> Optional.empty();
    };
  }

  /// In a form that makes the peer drop our routes.
  static Notification lasting(Notification notification, Optional<Negotiated> agreed) {
    return agreed.filter(session -> session.has(Extra.NOTIFICATION_RESTART)).isPresent()
        ? notification.hard()
        : notification;
  }
}
