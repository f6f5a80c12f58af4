// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Action;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionTimers;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Liveness of other speakers: one [io.gitlb.speaker.bfd.BfdSession] for each peer on each link,
/// UDP port 7482. Other ports than BFD's own, so that a routing daemon on the node keeps those.
public final class LivenessSessions implements AutoCloseable {

  /// Where speakers hear each other.
  public static final int PORT = 7482;

  private static final Logger log = LoggerFactory.getLogger(LivenessSessions.class);
  private static final int LINK_TTL = 255;

  private final LivenessKeys keys;
  private final SessionRunner<LivenessTarget> runner;
  private volatile SortedSet<LivenessTarget> wanted = new TreeSet<>();
  private String toldProblem = "";

  private LivenessSessions(LivenessKeys keys, LivenessListener listener) {
    this.keys = keys;
    this.runner =
        SessionRunner.start(
            "bfd",
            "Liveness",
            this::wishes,
            (target, _, change) -> listener.contact(target, change.to(), why(change)));
  }

  private static Optional<Diagnostic> why(Action.Changed change) {
    return Optional.of(change.diagnostic()).filter(why -> why != Diagnostic.NONE);
  }

  /// Without sessions. Linux with epoll only.
  public static LivenessSessions open(LivenessKeys keys, LivenessListener listener) {
    return new LivenessSessions(keys, listener);
  }

  /// Takes the whole set. Sessions that stay go on undisturbed; one whose interface is not there
  /// begins when it comes.
  public void apply(SortedSet<LivenessTarget> targets) {
    wanted = new TreeSet<>(targets);
    runner.changed();
  }

  /// Packets without effect by reason, in lower case.
  public SortedMap<String, Long> drops() {
    return runner.drops();
  }

  // On the runner's second thread alone.
  private SortedMap<LivenessTarget, SessionWish> wishes() {
    readKeys();
    Optional<Authentication> authentication = keys.current();
    SortedMap<LivenessTarget, SessionWish> wishes = new TreeMap<>();
    for (LivenessTarget target : wanted) {
      wishes.put(
          target,
          new SessionWish(
              new SessionWish.Path(
                  Service.LIVENESS, target.interfaceName(), target.local(), target.remote()),
              SessionTimers.LIVENESS,
              Role.ACTIVE,
              authentication,
              LINK_TTL));
    }
    return wishes;
  }

  private void readKeys() {
    keys.refresh();
    String problem = keys.problem().orElse("");
    if (!problem.isEmpty() && !problem.equals(toldProblem)) {
      log.warn("The liveness keys stay as they were: {}", problem);
    }
    toldProblem = problem;
  }

  /// Tells the peers (AdminDown) and ends. Waits some seconds at most.
  @Override
  public void close() {
    runner.close();
  }
}
