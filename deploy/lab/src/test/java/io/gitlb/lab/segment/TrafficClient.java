// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.schema.value.Ipv4;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// A client that opens a new TCP connection every 10 ms and waits for one octet from the backend.
/// It looks up nothing itself: which node its packets go to is up to its kernel's neighbour table.
public final class TrafficClient implements AutoCloseable {

  /// Between two connections.
  public static final Duration TICK = Duration.ofMillis(10);

  /// A connection without its octet after this time has failed. A lost SYN is sent again after 1 s.
  public static final Duration LIMIT = Duration.ofSeconds(3);

  private static final int SPARE_NANOS = 200_000;

  private volatile InetSocketAddress service;
  private final List<Attempt> attempts = new ArrayList<>();
  private final Deque<Pending> pending = new ArrayDeque<>();
  private volatile boolean closed;

  /// All connections that were begun earlier are over.
  private volatile long settled = System.nanoTime();

  /// One connection that is over.
  ///
  /// @param nanos when it was begun, as [System#nanoTime]
  /// @param took until the octet was there; [#FAILED] when it never was
  /// @param port of the client; 0 when it got none
  public record Attempt(long nanos, long took, int port) {

    public static final long FAILED = -1;

    /// Whether it had its octet within `limit`.
    public boolean within(Duration limit) {
      return took != FAILED && took <= limit.toNanos();
    }
  }

  private record Pending(long nanos, int port, SocketChannel channel) {}

  private TrafficClient(InetSocketAddress service) {
    this.service = service;
  }

  /// Begins.
  public static TrafficClient start(Host host, Ipv4 address, int port) {
    TrafficClient client = new TrafficClient(new InetSocketAddress(address.toString(), port));
    Inside.start(host, "traffic", client::run);
    return client;
  }

  /// Goes to another address from now on.
  public void use(Ipv4 address) {
    service = new InetSocketAddress(address.toString(), service.getPort());
  }

  private void run() {
    try (Selector selector = Selector.open()) {
      long due = System.nanoTime();
      while (!closed) {
        long now = System.nanoTime();
        if (now >= due) {
          begin(selector, now);
          due = Math.max(due + TICK.toNanos(), now);
          giveUp(now);
        }
        long wait = (due - System.nanoTime() + SPARE_NANOS) / 1_000_000;
        selector.select(this::ready, Math.max(1, wait));
        settled = pending.isEmpty() ? now : pending.getFirst().nanos();
      }
      for (Pending one : pending) {
        one.channel().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void begin(Selector selector, long now) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      // A port that is known from the beginning: one that fails to connect does not tell it.
      channel.bind(null);
      Pending one = new Pending(now, channel.socket().getLocalPort(), channel);
      channel.configureBlocking(false);
      channel.connect(service);
      channel.register(selector, SelectionKey.OP_CONNECT | SelectionKey.OP_READ, one);
      pending.add(one);
    } catch (IOException e) {
      channel.close();
      note(new Attempt(now, Attempt.FAILED, 0));
    }
  }

  private void ready(SelectionKey key) {
    Pending one = (Pending) key.attachment();
    try {
      if (key.isConnectable()) {
        one.channel().finishConnect();
        key.interestOps(SelectionKey.OP_READ);
        return;
      }
      int read = one.channel().read(ByteBuffer.allocate(1));
      end(one, read == 1 ? System.nanoTime() - one.nanos() : Attempt.FAILED);
    } catch (IOException e) {
      end(one, Attempt.FAILED);
    }
  }

  private void giveUp(long now) {
    while (!pending.isEmpty() && now - pending.getFirst().nanos() >= LIMIT.toNanos()) {
      end(pending.getFirst(), Attempt.FAILED);
    }
  }

  private void end(Pending one, long took) {
    pending.remove(one);
    closeQuietly(one.channel());
    note(new Attempt(one.nanos(), took, one.port()));
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // It is given up either way.
    }
  }

  private void note(Attempt attempt) {
    synchronized (attempts) {
      attempts.add(attempt);
    }
  }

  /// Whether every connection that was begun in a span is over: [#LIMIT] after the span's end at
  /// the latest, and much sooner when none fails.
  public boolean isOver(Answering.Span span) {
    return settled - span.to() >= 0;
  }

  /// Waits for that.
  ///
  /// @throws IllegalStateException when the client itself stands still
  public void awaitOver(Answering.Span span) throws InterruptedException {
    while (!isOver(span)) {
      if (System.nanoTime() - span.to() > 2 * LIMIT.toNanos()) {
        throw new IllegalStateException("the client has stopped");
      }
      Thread.sleep(TICK);
    }
  }

  /// The connections that were begun in a span and are over, by their beginning. Whoever wants all
  /// waits until the span [#isOver].
  public List<Attempt> begunIn(Answering.Span span) {
    synchronized (attempts) {
      return attempts.stream()
          .filter(attempt -> attempt.nanos() >= span.from() && attempt.nanos() < span.to())
          .sorted((a, b) -> Long.compare(a.nanos(), b.nanos()))
          .toList();
    }
  }

  /// The longest time in which no connection that was begun had its octet within `limit`: from the
  /// beginning of the last good one before to that of the first good one after.
  public Duration longestGap(Answering.Span span, Duration limit) {
    long longest = 0;
    long last = span.from();
    for (Attempt attempt : begunIn(span)) {
      if (attempt.within(limit)) {
        longest = Math.max(longest, attempt.nanos() - last);
        last = attempt.nanos();
      }
    }
    return Duration.ofNanos(Math.max(longest, span.to() - last));
  }

  /// Forgets what is older.
  public void forgetBefore(long nanos) {
    synchronized (attempts) {
      attempts.removeIf(attempt -> attempt.nanos() < nanos);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
