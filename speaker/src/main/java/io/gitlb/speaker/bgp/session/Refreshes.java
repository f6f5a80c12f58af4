// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Requests of one peer for all routes of a family (RFC 2918): the first is granted at once, and
/// those of the second after that together at its end, so that a storm of them costs two tables. On
/// the peer's event loop.
final class Refreshes {

  private static final Duration REST = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Consumer<AddressFamily> granted;
  private final SortedSet<AddressFamily> resting = new TreeSet<>();
  private final SortedSet<AddressFamily> waiting = new TreeSet<>();

  Refreshes(EventLoop loop, Consumer<AddressFamily> granted) {
    this.loop = loop;
    this.granted = granted;
  }

  void asked(AddressFamily family) {
    if (!resting.add(family)) {
      waiting.add(family);
      return;
    }
    granted.accept(family);
    Future<?> _ = loop.schedule(() -> rested(family), REST.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void rested(AddressFamily family) {
    resting.remove(family);
    if (waiting.remove(family)) {
      asked(family);
    }
  }

  /// The session is gone, and with it what was asked on it.
  void end() {
    waiting.clear();
  }
}
