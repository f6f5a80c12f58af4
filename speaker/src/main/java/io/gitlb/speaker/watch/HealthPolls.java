// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.speaker.health.Gate;
import io.gitlb.speaker.health.HealthGates;
import io.gitlb.speaker.watch.HealthConnection.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the service proxy of this node at each `healthCheckNodePort` whether there is an endpoint
/// here. One thread and one kept connection a port: a thousand ports are four thousand questions a
/// second, which must not cost the node a core.
public final class HealthPolls implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HealthPolls.class);

  /// To list the addresses of a node takes longer than a question.
  private static final Duration ADDRESSES_GOOD_FOR = Duration.ofSeconds(10);

  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration CLOSING_TIME = Duration.ofSeconds(1);
  private static final int SCRATCH_OCTETS = 8 * 1024;

  private final InstantSource clock;
  private final Supplier<List<InetAddress>> addresses;
  private final HealthListener listener;
  private final Selector selector;
  private final Thread thread;
  private final HealthGates gates = new HealthGates();
  private final ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_OCTETS);

  // Port → its connection (1:1).
  private final Map<Integer, HealthConnection> connections = new HashMap<>();

  // Port → the addresses that are still to be tried for the question under way (1:1).
  private final Map<Integer, Deque<InetAddress>> untried = new HashMap<>();

  // Where a port was answered last: so will the next.
  private @Nullable InetAddress lastGood;

  private List<InetAddress> known = List.of();
  private Instant knownUntil = Instant.MIN;
  private SortedMap<Integer, Gate> told = Collections.emptySortedMap();

  private volatile SortedSet<Integer> wanted = Collections.emptySortedSet();
  private volatile boolean closed;

  /// Starts without ports.
  ///
  /// @param clock monotonic
  /// @param addresses where this node's service proxy may listen, the likeliest first; read again
  ///   from time to time, on the thread of this
  public HealthPolls(
      InstantSource clock, Supplier<List<InetAddress>> addresses, HealthListener listener) {
    this.clock = clock;
    this.addresses = addresses;
    this.listener = listener;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = Thread.ofPlatform().name("health-polls").daemon().start(this::run);
  }

  /// Asks exactly these ports; from any thread, at once.
  public void apply(SortedSet<Integer> ports) {
    wanted = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
    selector.wakeup();
  }

  private void run() {
    SortedSet<Integer> asked = Collections.emptySortedSet();
    while (!closed) {
      try {
        SortedSet<Integer> now = wanted;
        if (!now.equals(asked)) {
          asked = now;
          follow(now);
        }
        step();
        selector.select(this::ready, waitMillis());
      } catch (IOException | RuntimeException e) {
        // A defect in one step must not shut or open the gates of all others for ever.
        LOG.error("health: a step failed and is left out", e);
        LockSupport.parkNanos(HealthGates.LONGEST_INTERVAL.toNanos());
      }
    }
    connections.values().forEach(HealthConnection::close);
    try {
      selector.close();
    } catch (IOException e) {
      LOG.debug("health: closing", e);
    }
  }

  private void follow(SortedSet<Integer> ports) {
    gates.ports(ports, clock.instant());
    connections
        .values()
        .removeIf(
            connection -> {
              boolean gone = !ports.contains(connection.port());
              if (gone) {
                connection.close();
                untried.remove(connection.port());
              }
              return gone;
            });
  }

  private void step() {
    HealthGates.Step step = gates.advance(clock.instant());
    for (int port : step.giveUp()) {
      connection(port).close();
      untried.remove(port);
    }
    for (int port : step.ask()) {
      HealthConnection connection = connection(port);
      settle(connection, connection.isOpen() ? connection.ask(scratch) : first(connection));
    }
    gates.takeChange().ifPresent(this::tell);
  }

  private void tell(SortedMap<Integer, Gate> now) {
    now.forEach(
        (port, gate) -> {
          if (gate != told.getOrDefault(port, Gate.UNKNOWN)) {
            LOG.info("health: port {} is {}", port, gate);
          }
        });
    told = now;
    listener.changed(now);
  }

  private HealthConnection connection(int port) {
    return connections.computeIfAbsent(port, HealthConnection::new);
  }

  private void ready(SelectionKey key) {
    if (key.attachment() instanceof HealthConnection connection) {
      settle(connection, connection.ready());
    }
  }

  /// Follows a question until it waits or is over.
  private void settle(HealthConnection connection, Progress progress) {
    Progress now = progress;
    while (!isOver(connection, now)) {
      now = now instanceof Progress.Stale ? first(connection) : next(connection);
    }
  }

  private boolean isOver(HealthConnection connection, Progress progress) {
    int port = connection.port();
    return switch (progress) {
      case Progress.Waiting _ -> true;
      case Progress.Answered(int status) -> {
        untried.remove(port);
        lastGood = connection.address();
        gates.answered(port, status);
        yield true;
      }
      case Progress.Stale _ -> false;
      case Progress.Failed _ -> {
        Deque<InetAddress> left = untried.get(port);
        boolean over = left == null || left.isEmpty();
        if (over) {
          connection.close();
          untried.remove(port);
          gates.missed(port);
        }
        yield over;
      }
    };
  }

  /// Connects anew, to where the answers came from before if there is such a place.
  private Progress first(HealthConnection connection) {
    Deque<InetAddress> all = new ArrayDeque<>();
    InetAddress before = connection.address();
    InetAddress good = lastGood;
    if (good != null) {
      all.add(good);
    }
    for (InetAddress one : ofNode()) {
      if (!all.contains(one)) {
        all.add(one);
      }
    }
    if (before != null && all.remove(before)) {
      all.addFirst(before);
    }
    untried.put(connection.port(), all);
    return next(connection);
  }

  private List<InetAddress> ofNode() {
    Instant now = clock.instant();
    if (!now.isBefore(knownUntil)) {
      known = addresses.get();
      knownUntil = now.plus(ADDRESSES_GOOD_FOR);
    }
    return known;
  }

  private Progress next(HealthConnection connection) {
    Deque<InetAddress> left = untried.get(connection.port());
    InetAddress next = left == null ? null : left.poll();
    return next == null ? new Progress.Failed() : connection.connect(next, selector);
  }

  private long waitMillis() {
    Instant now = clock.instant();
    Duration wait = gates.nextDue().map(due -> Duration.between(now, due)).orElse(IDLE);
    return Math.clamp(wait.plusNanos(999_999).toMillis(), 1, IDLE.toMillis());
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      if (!thread.join(CLOSING_TIME)) {
        LOG.warn("health: did not stop within {}", CLOSING_TIME);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
