// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// One watcher's queue of changes, filled in the order of versions. A watcher that does not keep up
/// loses its subscription, as on a real server; it then has to list anew.
public final class Subscription implements AutoCloseable {
  /// More than the history of a busy kind; a reader this far behind is stuck.
  private static final int QUEUE_LIMIT = 100_000;

  private final LinkedBlockingQueue<Change> queue = new LinkedBlockingQueue<>(QUEUE_LIMIT);
  private final ObjectStore store;
  private final Shelf shelf;
  private volatile boolean overrun;

  Subscription(ObjectStore store, Shelf shelf, List<Change> backlog) {
    this.store = store;
    this.shelf = shelf;
    queue.addAll(backlog);
  }

  void offer(Change change) {
    if (!queue.offer(change)) {
      overrun = true;
    }
  }

  /// Whether changes were lost because the watcher did not keep up.
  public boolean isOverrun() {
    return overrun;
  }

  /// All changes that are there; waits for the first.
  ///
  /// @return empty when none came in time
  public List<Change> take(Duration patience) throws InterruptedException {
    Change first = queue.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    List<Change> taken = new ArrayList<>();
    if (first != null) {
      taken.add(first);
      queue.drainTo(taken);
    }
    return taken;
  }

  /// The store's present version, when everything up to it has been taken; otherwise the version
  /// before the first change that is still waiting.
  public long versionSeen() {
    return store.consistently(
        version -> {
          Change waiting = queue.peek();
          return waiting == null ? version : waiting.version() - 1;
        });
  }

  @Override
  public void close() {
    store.leave(shelf, this);
  }
}
