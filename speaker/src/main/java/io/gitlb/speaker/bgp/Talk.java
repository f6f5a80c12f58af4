// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.speaker.bgp.packet.Open;
import java.util.Optional;

/// How far the conversation on a connection has got.
///
/// @param ours the OPEN that we sent
/// @param agreed from OpenConfirm on
record Talk(Initiator initiator, Optional<Open> ours, Optional<Negotiated> agreed) {

  /// Nothing was said.
  static final Talk NONE = new Talk(Initiator.WE, Optional.empty(), Optional.empty());

  static Talk opened(Initiator initiator, Open ours) {
    return new Talk(initiator, Optional.of(ours), Optional.empty());
  }

  Talk agreeing(Negotiated negotiated) {
    return new Talk(initiator, ours, Optional.of(negotiated));
  }
}
