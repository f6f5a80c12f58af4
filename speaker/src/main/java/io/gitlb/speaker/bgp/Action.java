// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Message;
import java.time.Duration;

/// What the caller has to do, in the order given.
public sealed interface Action {

  /// Open a TCP connection to the peer; answered by [Event.Connected] or [Event.ConnectionFailed].
  record Connect() implements Action {}

  /// Close the connection, or drop the attempt, after what was sent before has gone out. There may
  /// be none.
  record Disconnect() implements Action {}

  /// Close it at once and drop what has not gone out.
  record Abort() implements Action {}

  record Send(Message message) implements Action {}

  /// Start or restart a timer.
  record StartTimer(Timer timer, Duration time) implements Action {}

  record StopTimer(Timer timer) implements Action {}

  record StopAllTimers() implements Action {}

  /// Read and write messages from here on as the two OPENs agreed.
  record Agree(Negotiated negotiated) implements Action {}

  /// The session is up: send the routes.
  record Advertise(Negotiated negotiated) implements Action {}

  /// The peer has asked for all routes of a family again (RFC 2918).
  record Readvertise(AddressFamily family) implements Action {}

  /// Keep as the last error.
  record Report(Failure failure) implements Action {}
}
