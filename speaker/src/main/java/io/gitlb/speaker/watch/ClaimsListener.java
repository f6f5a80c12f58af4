// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.ownership.Channel;

/// Hears what the polls of the peers bring, from any thread: hands on and returns at once.
public interface ClaimsListener {

  /// The peer answered, and its claims are others than before, or all that it knows came with them.
  void told(SpeakerClaims claims);

  /// How the polls of a peer do, when that changes. With OPEN the claims are those that were told
  /// last; after REFUSED they are told again in any case.
  void channel(NodeName peer, Channel channel);
}
