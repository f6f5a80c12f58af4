// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.speaker.bfd.Action;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.SessionTimers;
import io.gitlb.speaker.kernel.InterfaceIndex;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two tables, each with the one end of a session.
final class SessionTableTest {

  private static final long PID = ProcessHandle.current().pid();
  private static final String NET = "127." + (1 + PID % 250) + "." + (PID / 250) % 250 + ".";

  private final List<EventLoopGroup> groups = new ArrayList<>();

  private EventLoopGroup end(int own, int other, SessionListener<String> listener) {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    groups.add(group);
    EventLoop loop = group.next();
    SessionTable<String> table = new SessionTable<>(loop, listener, new DropCounts());
    loop.execute(
        () -> {
          table.take(wish("", own, other), Collections.emptySortedMap());
          table.tick();
        });
    return group;
  }

  private static SortedMap<String, SessionWish> wish(String interfaceName, int own, int other) {
    SessionWish.Path path =
        new SessionWish.Path(
            Service.SINGLE_HOP,
            interfaceName,
            InetAddress.ofLiteral(NET + own),
            InetAddress.ofLiteral(NET + other));
    return new TreeMap<>(
        Map.of(
            "peer",
            new SessionWish(path, SessionTimers.LIVENESS, Role.ACTIVE, Optional.empty(), 255)));
  }

  private static void silence(EventLoopGroup group) throws InterruptedException {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
  }

  @AfterEach
  void close() throws InterruptedException {
    for (EventLoopGroup group : groups) {
      silence(group);
    }
  }

  @Test
  void whatEndsOneRoundDoesNotEndTheNext() throws Exception {
    List<SessionState> states = new CopyOnWriteArrayList<>();
    end(
        11,
        12,
        (_, machine, _) -> {
          states.add(machine.state());
          if (machine.state() == SessionState.DOWN) {
            throw new AssertionError("made up: no RuntimeException");
          }
        });
    EventLoopGroup other = end(12, 11, (_, _, _) -> {});
    RawRouter.await(() -> states.contains(SessionState.UP));

    silence(other);
    RawRouter.await(() -> states.getLast() == SessionState.DOWN);

    List<SessionState> seen = new CopyOnWriteArrayList<>();
    end(12, 11, (_, machine, _) -> seen.add(machine.state()));
    RawRouter.await(() -> seen.contains(SessionState.UP));
    // Longer than the other end bears silence.
    TimeUnit.MILLISECONDS.sleep(1_000);
    assertEquals(List.of(), seen.stream().filter(SessionState.DOWN::equals).toList());
  }

  /// On a node whose CPUs are taken each round may come late.
  @Test
  void aSilentPeerIsNoticedThoughEachRoundIsLate() throws Exception {
    List<SessionState> states = new CopyOnWriteArrayList<>();
    EventLoop late = end(15, 16, (_, machine, _) -> states.add(machine.state())).next();
    EventLoopGroup other = end(16, 15, (_, _, _) -> {});
    RawRouter.await(() -> states.contains(SessionState.UP));

    keepBusy(late);
    silence(other);

    RawRouter.await(() -> states.getLast() == SessionState.DOWN);
  }

  private static void keepBusy(EventLoop loop) {
    Runnable hog = () -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    var _ = loop.scheduleWithFixedDelay(hog, 0, 1, TimeUnit.MILLISECONDS);
  }

  @Test
  void anInterfaceThatIsGoneIsAFailureOfThePath() throws Exception {
    List<Action.Changed> changes = new CopyOnWriteArrayList<>();
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    groups.add(group);
    EventLoop loop = group.next();
    SessionTable<String> table =
        new SessionTable<>(loop, (_, _, change) -> changes.add(change), new DropCounts());
    SortedMap<String, SessionWish> wish = wish("lo", 13, 14);
    SortedMap<String, Integer> there = new TreeMap<>(Map.of("lo", InterfaceIndex.of("lo")));
    loop.execute(
        () -> {
          table.take(wish, there);
          table.tick();
        });
    end(14, 13, (_, _, _) -> {});
    RawRouter.await(() -> isLast(changes, SessionState.UP));

    loop.submit(() -> table.take(wish, Collections.emptySortedMap())).sync();

    assertEquals(
        new Action.Changed(SessionState.UP, SessionState.DOWN, Diagnostic.PATH_DOWN),
        changes.getLast());
    loop.execute(() -> table.take(wish, there));
    RawRouter.await(() -> isLast(changes, SessionState.UP));
  }

  private static boolean isLast(List<Action.Changed> changes, SessionState state) {
    return !changes.isEmpty() && changes.getLast().to() == state;
  }
}
