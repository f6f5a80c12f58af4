// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.speaker.bgp.Timer;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The running timers of one line. On the peer's event loop.
final class LineTimers {

  private final EventLoop loop;
  private final Consumer<Timer> expired;

  /// timer → its pending expiry (1:1)
  private final Map<Timer, Future<?>> pending = new EnumMap<>(Timer.class);

  LineTimers(EventLoop loop, Consumer<Timer> expired) {
    this.loop = loop;
    this.expired = expired;
  }

  /// Starts or restarts.
  void start(Timer timer, Duration time) {
    stop(timer);
    pending.put(timer, loop.schedule(() -> expire(timer), time.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void expire(Timer timer) {
    pending.remove(timer);
    expired.accept(timer);
  }

  void stop(Timer timer) {
    Future<?> running = pending.remove(timer);
    if (running != null) {
      running.cancel(false);
    }
  }

  void stopAll() {
    List.copyOf(pending.keySet()).forEach(this::stop);
  }
}
