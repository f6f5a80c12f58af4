// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.thread.ThreadPrecedence;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Liveness of other speakers: one [BfdSession] for each peer on each link, UDP port 7482. Other
/// ports than BFD's own, so that a routing daemon on the node keeps those.
public final class LivenessSessions implements AutoCloseable {

  /// Where speakers hear each other.
  public static final int PORT = 7482;

  private static final Logger log = LoggerFactory.getLogger(LivenessSessions.class);
  private static final long CLOSING_MILLIS = 1_000;

  private final LivenessKeys keys;
  private final EventLoopGroup group;
  private final EventLoop loop;
  private final SessionTable table;
  private final DropCounts drops = new DropCounts();
  private final ScheduledExecutorService upkeep =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("bfd-upkeep", true));
  private volatile SortedSet<LivenessTarget> wanted = new TreeSet<>();
  private String toldProblem = "";

  private LivenessSessions(LivenessKeys keys, LivenessListener listener) {
    this.keys = keys;
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("bfd", true), EpollIoHandler.newFactory());
    this.loop = group.next();
    this.table = new SessionTable(loop, keys, listener, drops);
  }

  /// Without sessions. Linux with epoll only.
  public static LivenessSessions open(LivenessKeys keys, LivenessListener listener) {
    LivenessSessions sessions = new LivenessSessions(keys, listener);
    sessions.loop.execute(() -> ThreadPrecedence.take("Liveness"));
    // On the thread that will need it, so that no session begins before.
    sessions.loop.execute(() -> LivenessWarmUp.run(new SplittableRandom()));
    sessions.loop.execute(sessions.table::tick);
    var _ = sessions.upkeep.scheduleWithFixedDelay(sessions::maintain, 1, 1, TimeUnit.SECONDS);
    return sessions;
  }

  /// Takes the whole set. Sessions that stay go on undisturbed; one whose interface is not there
  /// begins when it comes.
  public void apply(SortedSet<LivenessTarget> targets) {
    wanted = new TreeSet<>(targets);
    try {
      upkeep.execute(this::follow);
    } catch (RejectedExecutionException e) {
      log.debug("Closed while targets came in", e);
    }
  }

  /// Packets without effect by reason, in lower case.
  public SortedMap<String, Long> drops() {
    return drops.byName();
  }

  private void maintain() {
    try {
      readKeys();
      follow();
    } catch (RuntimeException e) {
      // What is thrown out of here would be the last round.
      log.error("Defect in the upkeep of the liveness sessions", e);
    }
  }

  private void readKeys() {
    keys.refresh();
    String problem = keys.problem().orElse("");
    if (!problem.isEmpty() && !problem.equals(toldProblem)) {
      log.warn("The liveness keys stay as they were: {}", problem);
    }
    toldProblem = problem;
  }

  private void follow() {
    SortedSet<LivenessTarget> targets = wanted;
    SortedMap<String, Integer> indexes = new TreeMap<>();
    for (LivenessTarget target : targets) {
      if (!indexes.containsKey(target.interfaceName())) {
        int index = InterfaceIndex.of(target.interfaceName());
        if (index > 0) {
          indexes.put(target.interfaceName(), index);
        }
      }
    }
    try {
      loop.execute(() -> table.take(targets, indexes));
    } catch (RejectedExecutionException e) {
      log.debug("Closed while targets came in", e);
    }
  }

  /// Tells the peers (AdminDown) and ends. Waits a second at most.
  @Override
  public void close() {
    upkeep.shutdownNow();
    try {
      loop.execute(table::close);
    } catch (RejectedExecutionException e) {
      log.debug("Closed already", e);
    }
    var _ = group.shutdownGracefully(0, CLOSING_MILLIS, TimeUnit.MILLISECONDS);
    group.terminationFuture().awaitUninterruptibly(CLOSING_MILLIS);
  }
}
