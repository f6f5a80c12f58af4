// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.kernel.InterfaceIndex;
import io.gitlb.speaker.thread.ThreadPrecedence;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A table of sessions with its thread, and a second thread that finds out what the first must not
/// wait for.
///
/// @param <K> what tells sessions apart
final class SessionRunner<K extends Comparable<K>> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SessionRunner.class);
  private static final long CLOSING_MILLIS = 1_000;
  private static final long FAREWELL_MILLIS = 2_500;

  private final EventLoopGroup group;
  private final EventLoop loop;
  private final SessionTable<K> table;
  private final DropCounts drops = new DropCounts();
  private final Supplier<SortedMap<K, SessionWish>> wishes;
  private final ScheduledExecutorService upkeep;

  private SessionRunner(
      String name, Supplier<SortedMap<K, SessionWish>> wishes, SessionListener<K> listener) {
    this.wishes = wishes;
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory(name, true), EpollIoHandler.newFactory());
    this.loop = group.next();
    this.table = new SessionTable<>(loop, listener, drops);
    this.upkeep =
        Executors.newSingleThreadScheduledExecutor(
            new DefaultThreadFactory(name + "-upkeep", true));
  }

  /// Without sessions yet.
  ///
  /// @param name of the thread
  /// @param purpose for people: the beginning of a sentence
  /// @param wishes the whole set; asked for on the second thread, each second, and may wait
  static <K extends Comparable<K>> SessionRunner<K> start(
      String name,
      String purpose,
      Supplier<SortedMap<K, SessionWish>> wishes,
      SessionListener<K> listener) {
    SessionRunner<K> runner = new SessionRunner<>(name, wishes, listener);
    runner.loop.execute(() -> ThreadPrecedence.take(purpose));
    // On the thread that will need it, so that no session begins before.
    runner.loop.execute(() -> LivenessWarmUp.run(new SplittableRandom()));
    runner.loop.execute(runner.table::tick);
    var _ = runner.upkeep.scheduleWithFixedDelay(runner::follow, 1, 1, TimeUnit.SECONDS);
    return runner;
  }

  /// Asks for the wishes now.
  void changed() {
    try {
      upkeep.execute(this::follow);
    } catch (RejectedExecutionException e) {
      log.debug("Closed while targets came in", e);
    }
  }

  /// Looks at the table on its thread.
  void look(Consumer<SessionTable<K>> eye) {
    try {
      loop.execute(() -> eye.accept(table));
    } catch (RejectedExecutionException e) {
      log.debug("Closed while it was looked at", e);
    }
  }

  /// See [DatagramSockets#towards].
  InetAddress towards(String interfaceName, InetSocketAddress remote) {
    return DatagramSockets.towards(loop, interfaceName, remote);
  }

  /// Packets without effect by reason, in lower case.
  SortedMap<String, Long> drops() {
    return drops.byName();
  }

  private void follow() {
    try {
      SortedMap<K, SessionWish> wanted = Collections.unmodifiableSortedMap(wishes.get());
      SortedMap<String, Integer> indexes = indexes(wanted);
      look(sessions -> sessions.take(wanted, indexes));
    } catch (RuntimeException e) {
      // What is thrown out of here would be the last round.
      log.error("Defect in the upkeep of the sessions", e);
    }
  }

  private static SortedMap<String, Integer> indexes(SortedMap<?, SessionWish> wanted) {
    SortedMap<String, Integer> indexes = new TreeMap<>();
    for (SessionWish wish : wanted.values()) {
      String name = wish.path().interfaceName();
      if (!name.isEmpty() && !indexes.containsKey(name)) {
        int index = InterfaceIndex.of(name);
        if (index > 0) {
          indexes.put(name, index);
        }
      }
    }
    return indexes;
  }

  /// Tells the peers (AdminDown) and ends. Waits some seconds at most.
  @Override
  public void close() {
    upkeep.shutdownNow();
    CountDownLatch told = new CountDownLatch(1);
    look(sessions -> sessions.close(told::countDown));
    try {
      if (!told.await(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
        log.debug("Not every peer was told for long enough");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    var _ = group.shutdownGracefully(0, CLOSING_MILLIS, TimeUnit.MILLISECONDS);
    group.terminationFuture().awaitUninterruptibly(CLOSING_MILLIS);
  }
}
