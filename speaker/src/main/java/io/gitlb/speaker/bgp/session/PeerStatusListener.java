// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

/// Hears of each change of a peer's status but that of its counters.
@FunctionalInterface
public interface PeerStatusListener {

  /// Called on the thread that runs the session: it must return at once.
  void changed(PeerStatus status);
}
