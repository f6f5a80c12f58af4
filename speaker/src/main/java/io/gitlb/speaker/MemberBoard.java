// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// How the liveness sessions with other speakers stand. Any thread tells, any thread reads.
final class MemberBoard {

  private static final Comparator<MemberStatus> ORDER =
      Comparator.comparing(MemberStatus::node).thenComparing(MemberStatus::interfaceName);

  // Session → how it stands (1:1).
  private final SortedMap<LivenessTarget, MemberStatus> members = new TreeMap<>();

  /// These sessions there are from now on; a new one is down.
  ///
  /// @param now the time of day
  /// @return whether they are others than before
  synchronized boolean wanted(SortedSet<LivenessTarget> targets, Instant now) {
    boolean changed = members.keySet().retainAll(targets);
    for (LivenessTarget target : targets) {
      if (!members.containsKey(target)) {
        members.put(target, status(target, SessionState.DOWN, Optional.empty(), now));
        changed = true;
      }
    }
    return changed;
  }

  /// A session has another state. One that is not wanted any more is passed over.
  ///
  /// @param now the time of day
  synchronized void state(
      LivenessTarget target, SessionState state, Optional<Diagnostic> diagnostic, Instant now) {
    members.computeIfPresent(
        target,
        (_, before) -> {
          MemberStatus next = status(target, state, diagnostic, now);
          return next.state().equals(before.state()) ? withSince(next, before.since()) : next;
        });
  }

  /// All of them, by node and interface.
  synchronized List<MemberStatus> all() {
    return members.values().stream().sorted(ORDER).toList();
  }

  private static MemberStatus status(
      LivenessTarget target, SessionState state, Optional<Diagnostic> diagnostic, Instant since) {
    return new MemberStatus(
        target.peer(),
        target.interfaceName(),
        words(state),
        since,
        diagnostic.flatMap(MemberBoard::words));
  }

  private static MemberStatus withSince(MemberStatus status, Instant since) {
    return new MemberStatus(
        status.node(), status.interfaceName(), status.state(), since, status.diagnostic());
  }

  /// RFC 5880 section 6.2.
  static String words(SessionState state) {
    return switch (state) {
      case ADMIN_DOWN -> "AdminDown";
      case DOWN -> "Down";
      case INIT -> "Init";
      case UP -> "Up";
    };
  }

  /// RFC 5880 section 4.1.
  static Optional<String> words(Diagnostic diagnostic) {
    return switch (diagnostic) {
      case NONE -> Optional.empty();
      case DETECTION_TIME_EXPIRED -> Optional.of("Control Detection Time Expired");
      case ECHO_FAILED -> Optional.of("Echo Function Failed");
      case NEIGHBOR_SIGNALED_DOWN -> Optional.of("Neighbor Signaled Session Down");
      case FORWARDING_PLANE_RESET -> Optional.of("Forwarding Plane Reset");
      case PATH_DOWN -> Optional.of("Path Down");
      case CONCATENATED_PATH_DOWN -> Optional.of("Concatenated Path Down");
      case ADMINISTRATIVELY_DOWN -> Optional.of("Administratively Down");
      case REVERSE_CONCATENATED_PATH_DOWN -> Optional.of("Reverse Concatenated Path Down");
    };
  }
}
