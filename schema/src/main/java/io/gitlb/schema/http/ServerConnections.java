// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All connections of one server: bounds their number, runs the handler for them, and ends them.
///
/// Called from event loops and virtual threads; guards itself.
// What a close or a write came to shows in channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class ServerConnections {

  private static final Logger LOG = LoggerFactory.getLogger(ServerConnections.class);

  /// Between two lines in the log about clients.
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final HttpHandler handler;
  private final HttpLimits limits;
  private final Optional<PeerNames> callers;

  /// Those between two calls, the one that idles longest first.
  private final Set<Channel> idle = new LinkedHashSet<>();

  private final Set<Channel> open = new LinkedHashSet<>();
  private final Set<Thread> workers = ConcurrentHashMap.newKeySet();
  private boolean closing;

  /// The end of the time in which no further complaint is logged, and how many were kept back.
  private long quietUntilNanos = System.nanoTime();

  private int keptBack;

  ServerConnections(HttpHandler handler, HttpLimits limits, Optional<PeerNames> callers) {
    this.handler = handler;
    this.limits = limits;
    this.callers = callers;
  }

  HttpLimits limits() {
    return limits;
  }

  Optional<PeerNames> callers() {
    return callers;
  }

  synchronized boolean isClosing() {
    return closing;
  }

  /// A new connection, idle at first. May displace the one that idles longest, or be closed itself.
  synchronized void opened(Channel channel) {
    if (open.size() >= limits.connections()) {
      Iterator<Channel> longest = idle.iterator();
      if (!longest.hasNext()) {
        channel.close();
        return;
      }
      Channel displaced = longest.next();
      longest.remove();
      open.remove(displaced);
      displaced.close();
    }
    if (closing) {
      channel.close();
      return;
    }
    open.add(channel);
    idle.add(channel);
  }

  synchronized void busy(Channel channel) {
    idle.remove(channel);
  }

  synchronized void idle(Channel channel) {
    if (closing) {
      channel.close();
    } else if (open.contains(channel)) {
      idle.add(channel);
    }
  }

  synchronized void closed(Channel channel) {
    idle.remove(channel);
    open.remove(channel);
    notifyAll();
  }

  /// Logs what is wrong with a client; a port scan does not fill the log.
  synchronized void complain(String message) {
    long now = System.nanoTime();
    if (now - quietUntilNanos < 0) {
      keptBack++;
      return;
    }
    String more = keptBack == 0 ? "" : " (and " + keptBack + " more before)";
    LOG.warn("{}{}", message, more);
    quietUntilNanos = now + QUIET.toNanos();
    keptBack = 0;
  }

  /// What the handler says instead of the server's own refusal.
  HttpAnswer refused(HttpAnswer answer) {
    return handler.refused(answer);
  }

  /// The answer is written, or never will be.
  void ended(HttpAnswer answer) {
    handler.ended(answer);
  }

  /// Runs the handler on a virtual thread.
  ///
  /// @param answer called on that thread
  void run(HttpCall call, Consumer<HttpAnswer> answer) {
    Thread worker =
        Thread.ofVirtual()
            .name("gitlb-http " + call.method() + " " + call.path())
            .unstarted(
                () -> {
                  try {
                    answer.accept(handle(call));
                  } finally {
                    workers.remove(Thread.currentThread());
                  }
                });
    workers.add(worker);
    worker.start();
  }

  private HttpAnswer handle(HttpCall call) {
    try {
      return handler.handle(call);
    } catch (InterruptedException _) {
      return HttpAnswer.text(503, "the server is stopping");
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", call.method(), call.path(), e);
      return HttpAnswer.text(500, "this should not happen; the server's log has the details");
    }
  }

  /// From now on every answer is the last on its connection.
  synchronized void beginClosing() {
    closing = true;
  }

  /// Ends all connections: idle ones at once, the others after their answer or when the grace is
  /// up.
  void close() {
    long deadline = System.nanoTime() + limits.grace().toNanos();
    synchronized (this) {
      idle.forEach(Channel::close);
    }
    if (!awaitNone(deadline)) {
      workers.forEach(Thread::interrupt);
      // The handlers get the time to say that they were stopped.
      if (!awaitNone(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200))) {
        synchronized (this) {
          open.forEach(Channel::close);
        }
      }
    }
  }

  private synchronized boolean awaitNone(long deadlineNanos) {
    try {
      while (!open.isEmpty()) {
        long remaining = deadlineNanos - System.nanoTime();
        if (remaining <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, remaining);
      }
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
