// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.SessionState;

/// Hears what becomes of the sessions with routers, on their thread: hands on and returns at once.
public interface RouterListener {

  /// The session's state changed.
  ///
  /// @param diagnostic ours, why
  void changed(RouterPath path, SessionState state, Diagnostic diagnostic);

  /// A session that was up has failed; told before its change is. Not told of one that the router
  /// has shut, which says nothing of the path (RFC 5882 section 3.2).
  void lost(RouterPath path);
}
