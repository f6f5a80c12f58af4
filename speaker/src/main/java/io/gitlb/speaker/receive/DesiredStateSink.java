// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.protocol.DesiredState;

/// Puts desired states into force.
@FunctionalInterface
public interface DesiredStateSink {

  /// Brings what is announced to exactly this state: removes what it lacks, adds what is new.
  /// Called on one thread, one state at a time, the newest last. When it returns the state counts
  /// as applied; a session that is still coming up is reported in the status by itself.
  void apply(DesiredState state, Source source);

  /// Where a state comes from.
  enum Source {
    /// Stored by an earlier run; it may be outdated.
    DISK,
    /// Told in this run.
    RECONCILER
  }
}
