// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.schema.value.Hops;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.SessionTimers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// One session of [RouterSessions] and a router, played by hand, that may send anything. Both are
/// on loopback, at addresses of this process's own.
final class RawRouter extends RouterEnd {

  /// Detection takes 3 s: a busy machine is no reason.
  static final SessionTimers TIMERS =
      SessionTimers.forRouter(Duration.ofMillis(300), Duration.ofMillis(300), 10);

  final List<SessionState> states = new CopyOnWriteArrayList<>();
  final List<RouterPath> lost = new CopyOnWriteArrayList<>();
  final RouterSessions sessions;

  RawRouter(Hops hops, Optional<Authentication> authentication) throws Exception {
    super(hops);
    sessions =
        RouterSessions.open(
            new RouterListener() {
              @Override
              public void changed(RouterPath of, SessionState state, Diagnostic diagnostic) {
                states.add(state);
              }

              @Override
              public void lost(RouterPath of) {
                lost.add(of);
              }
            });
    apply(TIMERS, authentication);
    await(() -> !heard.isEmpty());
  }

  void apply(SessionTimers timers, Optional<Authentication> authentication) {
    sessions.apply(
        new TreeMap<>(Map.of(path, new RouterTerms(timers, Role.ACTIVE, authentication, 254))));
  }

  /// By the handshake.
  void bringUp() throws Exception {
    send(packet(SessionState.DOWN, 0));
    await(() -> state() == SessionState.INIT);
    send(packet(SessionState.INIT, 0));
    await(() -> state() == SessionState.UP);
  }

  SessionState state() {
    return states.isEmpty() ? SessionState.DOWN : states.getLast();
  }

  long drops(String reason) {
    return sessions.drops().getOrDefault(reason, -1L);
  }

  @Override
  public void close() {
    sessions.close();
    super.close();
  }
}
