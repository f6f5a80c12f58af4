// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.ownership.Channel;

/// Hears what the polls of the peers bring, from any thread: hands on and returns at once.
public interface ClaimsListener {

  /// The peer answered, and its claims are others than before.
  void told(SpeakerClaims claims);

  /// How the polls of a peer do, when that changes.
  void channel(NodeName peer, Channel channel);
}
