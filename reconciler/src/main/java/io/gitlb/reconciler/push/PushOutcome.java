// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.protocol.Generation;

/// How one push ended.
sealed interface PushOutcome {

  /// On the speaker's disk.
  ///
  /// @param digest by which the speaker knows the state, for deltas of it
  record Stored(String digest) implements PushOutcome {}

  /// The speaker keeps a higher generation; the same state need not be tried again.
  record Stale(Generation newest, Failure failure) implements PushOutcome {}

  /// Not stored, or nobody knows; to be tried again.
  record Failed(Failure failure) implements PushOutcome {}
}
