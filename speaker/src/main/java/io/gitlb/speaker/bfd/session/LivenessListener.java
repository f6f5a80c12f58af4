// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.SessionState;
import java.util.Optional;

/// Hears what becomes of the sessions, on their thread: hands on and returns at once.
@FunctionalInterface
public interface LivenessListener {

  /// The session's state changed.
  ///
  /// @param diagnostic ours, why; none when there is nothing to say
  void contact(LivenessTarget target, SessionState state, Optional<Diagnostic> diagnostic);
}
