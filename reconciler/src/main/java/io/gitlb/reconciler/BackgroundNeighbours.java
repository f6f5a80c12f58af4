// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.loop.NeighbourPort;
import io.gitlb.reconciler.loop.NeighbourStore;
import io.gitlb.schema.value.IpRange;
import java.util.List;
import java.util.Optional;

/// Looks at other clusters' ledgers on a thread of its own.
final class BackgroundNeighbours implements NeighbourPort {

  private final NeighbourStore store;
  private final Runnable onEnd;
  private boolean running;

  /// What was seen, until the loop has taken it.
  private Optional<Seen> ended = Optional.empty();

  /// @param onEnd called when something was seen and waits
  BackgroundNeighbours(NeighbourStore store, Runnable onEnd) {
    this.store = store;
    this.onEnd = onEnd;
  }

  @Override
  public synchronized Optional<Seen> look(List<IpRange> ranges) {
    Optional<Seen> seen = ended;
    ended = Optional.empty();
    if (seen.isEmpty() && !running) {
      running = true;
      Thread.ofVirtual().name("gitlb-neighbours").start(() -> run(ranges));
    }
    return seen;
  }

  private void run(List<IpRange> ranges) {
    NeighbourStore.Sight sight = store.look(ranges);
    synchronized (this) {
      ended = Optional.of(new Seen(ranges, sight));
      running = false;
    }
    onEnd.run();
  }
}
