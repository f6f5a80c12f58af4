// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.loop.LedgerStore;
import java.util.Optional;

/// Pushes on a thread of its own, so that a Git host that does not answer holds up no allocation.
final class BackgroundPush implements LedgerStore {

  private final LedgerStore store;
  private final Runnable onEnd;
  private boolean running;

  /// How the last push ended, until the loop has taken it.
  private Optional<Push> ended = Optional.empty();

  /// @param onEnd called when a push has ended and its answer waits
  BackgroundPush(LedgerStore store, Runnable onEnd) {
    this.store = store;
    this.onEnd = onEnd;
  }

  @Override
  public Load load() {
    return store.load();
  }

  @Override
  public Commit commit(LedgerBatch batch, CommitNote note) {
    return store.commit(batch, note);
  }

  @Override
  public synchronized Push push() {
    if (ended.isPresent()) {
      Push answer = ended.get();
      ended = Optional.empty();
      return answer;
    }
    if (!running) {
      running = true;
      Thread.ofVirtual().name("gitlb-ledger-push").start(this::run);
    }
    return new Push.Running();
  }

  private void run() {
    Push answer = store.push();
    synchronized (this) {
      ended = Optional.of(answer);
      running = false;
    }
    onEnd.run();
  }
}
