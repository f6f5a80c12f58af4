// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// What this node tells its peers, besides name, boot id, sequence and stored generation.
///
/// @param claims address → what is claimed of it (1:1)
/// @param unable addresses that nobody is to wait for this node with
/// @param contacts own interface → the members with whom a liveness session is up there; where
///   there are none, this node itself while others ask it there for what it announces
public record ClaimsContent(
    SpeakerClaims.Presence presence,
    SnapshotMap<IpAddress, SpeakerClaims.Claim> claims,
    SortedSet<IpAddress> unable,
    SortedMap<String, SortedSet<NodeName>> contacts) {

  /// As the protocol has it.
  ///
  /// @param before of the same node and start; its sequence is kept
  public SpeakerClaims after(SpeakerClaims before, Optional<Generation> stored) {
    return new SpeakerClaims(
        before.node(),
        before.bootId(),
        before.sequence(),
        stored,
        presence,
        List.copyOf(claims.values()),
        unable,
        contacts,
        Optional.empty());
  }
}
