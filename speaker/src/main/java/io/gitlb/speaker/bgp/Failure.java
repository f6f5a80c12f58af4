// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.speaker.bgp.packet.Notification;
import java.time.Duration;

/// Why a session or an attempt at one ended.
public sealed interface Failure {

  /// We told the peer.
  ///
  /// @param detail what the notification does not say, or empty
  record Sent(Notification notification, String detail) implements Failure {}

  /// The peer told us.
  record Received(Notification notification) implements Failure {}

  /// TCP failed or was closed.
  ///
  /// @param cause for people
  record Transport(State state, String cause) implements Failure {}

  /// The peer has read nothing for so long (RFC 9687).
  record SendHoldExpired(Duration time) implements Failure {}

  /// The peer is to call, and cannot.
  ///
  /// @param place where, for people
  /// @param cause for people
  /// @param pause until that is tried again
  record NotListening(String place, String cause, Duration pause) implements Failure {}

  /// One line for people.
  default String describe() {
    return switch (this) {
      case Sent(Notification notification, String detail) ->
          "sent " + notification.describe() + (detail.isEmpty() ? "" : ": " + detail);
      case Received(Notification notification) -> "received " + notification.describe();
      case Transport(State state, String cause) -> cause + " (in " + state + ")";
      case SendHoldExpired(Duration time) ->
          "the peer has read nothing for " + time.toSeconds() + " s";
      case NotListening(String place, String cause, Duration pause) ->
          "the peer cannot call on "
              + place
              + ": "
              + cause
              + "; tried again every "
              + pause.toSeconds()
              + " s";
    };
  }
}
