// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.Notification;

/// What happens to a session; the numbers are those of RFC 4271 section 8.1.
public sealed interface Event {

  /// 1, ManualStart.
  record Start() implements Event {}

  /// 2, ManualStop, with what the peer is told.
  record Stop(StopReason reason) implements Event {}

  /// 9 to 13, and those of later RFCs.
  record TimerExpired(Timer timer) implements Event {}

  /// 16, Tcp_CR_Acked: the connection that was asked for is there.
  ///
  /// @param localAddress of our end
  record Connected(IpAddress localAddress) implements Event {}

  /// 17, TcpConnectionConfirmed: the peer has dialled.
  ///
  /// @param localAddress of our end
  record Accepted(IpAddress localAddress) implements Event {}

  /// 18, TcpConnectionFails: it did not come up, or it is closed or broken.
  ///
  /// @param cause for people
  record ConnectionFailed(String cause) implements Event {}

  /// 19 and 24 to 27: a message that could be read.
  record Received(Message message) implements Event {}

  /// 21, 22 and 28: octets that could not be read.
  ///
  /// @param answer what the codec wants the peer to be told
  record ReceivedMalformed(Notification answer) implements Event {}

  /// The path to the peer is gone, as BFD has it (RFC 9384).
  record PathLost() implements Event {}

  /// The path is there again, or BFD has no say in it any more (RFC 5882 section 4.1).
  record PathBack() implements Event {}

  /// A message of ours has gone to the kernel (RFC 9687).
  record MessageSent() implements Event {}
}
