// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.schema.protocol.DesiredDelta;
import io.gitlb.schema.protocol.DesiredState;
import java.util.Optional;

/// A state that a speaker has stored, to send deltas of.
///
/// @param digest by which the speaker knows it
record PushBase(DesiredState state, String digest) {

  /// A delta that touches more than one of so many announcements saves too little: the speaker
  /// keeps deltas beside the state and asks for the whole soon.
  private static final int ONE_OF = 4;

  /// What makes the newer state of this one; empty when the whole is better sent.
  Optional<DesiredDelta> deltaTo(DesiredState newer) {
    if (!newer.node().equals(state.node()) || !newer.clusterUid().equals(state.clusterUid())) {
      return Optional.empty();
    }
    DesiredDelta delta = DesiredDelta.between(state, digest, newer);
    return Optional.of(delta).filter(small -> small.size() * ONE_OF < newer.announcements().size());
  }
}
