// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.ownership.Contact;
import java.util.HashMap;
import java.util.Map;

/// Sums up sessions: there is contact with a peer on an interface while any of the sessions with it
/// there is up. On one thread.
final class Contacts {

  private record At(NodeName peer, String interfaceName) {}

  // Peer on an interface → its sessions that are not down.
  private final Map<At, Map<LivenessTarget, Contact>> known = new HashMap<>();

  /// The contact after a session has changed.
  Contact after(LivenessTarget target, SessionState state) {
    At at = new At(target.peer(), target.interfaceName());
    Map<LivenessTarget, Contact> sessions = known.computeIfAbsent(at, _ -> new HashMap<>());
    switch (state) {
      case UP -> sessions.put(target, Contact.UP);
      case INIT -> sessions.put(target, Contact.HEARD);
      case DOWN, ADMIN_DOWN -> sessions.remove(target);
    }
    if (sessions.isEmpty()) {
      known.remove(at);
      return Contact.DOWN;
    }
    return sessions.containsValue(Contact.UP) ? Contact.UP : Contact.HEARD;
  }
}
