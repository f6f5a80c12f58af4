// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.value.IpAddress;

/// One step from what is announced on layer 2 to what shall be.
public sealed interface Change {

  IpAddress address();

  String interfaceName();

  /// Stop answering for it there. Nothing is sent: the node that takes over tells the neighbours,
  /// and so does one that held it all along.
  record Withdraw(IpAddress address, String interfaceName) implements Change {}

  /// Begin to answer for it there, and tell everybody.
  record Announce(IpAddress address, String interfaceName) implements Change {}

  /// Answered there before and after, but the neighbours have to be told again.
  record Refresh(IpAddress address, String interfaceName) implements Change {}
}
