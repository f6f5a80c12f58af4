// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.ownership.Contact;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Sums up sessions: there is contact with a peer on an interface while any of the sessions with it
/// there is up. On one thread.
final class Contacts {

  private record At(NodeName peer, String interfaceName) {}

  // Peer on an interface → its sessions that are up.
  private final Map<At, Set<LivenessTarget>> up = new HashMap<>();

  /// The contact after a session has come up or gone down.
  Contact after(LivenessTarget target, boolean isUp) {
    At at = new At(target.peer(), target.interfaceName());
    Set<LivenessTarget> sessions = up.computeIfAbsent(at, _ -> new HashSet<>());
    var _ = isUp ? sessions.add(target) : sessions.remove(target);
    if (sessions.isEmpty()) {
      up.remove(at);
      return Contact.DOWN;
    }
    return Contact.UP;
  }
}
