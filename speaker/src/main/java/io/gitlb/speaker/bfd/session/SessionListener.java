// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Action;
import io.gitlb.speaker.bfd.BfdSession;

/// Hears what becomes of the sessions, on their thread.
@FunctionalInterface
interface SessionListener<K> {

  /// @param machine in its new state
  void changed(K key, BfdSession machine, Action.Changed change);
}
