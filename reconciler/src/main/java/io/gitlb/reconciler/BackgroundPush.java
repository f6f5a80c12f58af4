// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LedgerStore;
import java.util.Optional;
import java.util.function.Supplier;

/// Talks to the remote on threads of its own, so that a Git host that does not answer holds up no
/// allocation.
final class BackgroundPush implements LedgerStore {

  private final LedgerStore store;
  private final Errand<Load> loading;
  private final Errand<Push> pushing;

  /// @param onEnd called when something has ended and its answer waits
  BackgroundPush(LedgerStore store, Runnable onEnd) {
    this.store = store;
    this.loading = new Errand<>("gitlb-ledger-load", onEnd);
    this.pushing = new Errand<>("gitlb-ledger-push", onEnd);
  }

  @Override
  public Load load() {
    return loading.answer(store::load).orElseGet(Load.Running::new);
  }

  @Override
  public Commit commit(LedgerBatch batch, CommitNote note) {
    return store.commit(batch, note);
  }

  @Override
  public boolean holds(String commit) {
    return store.holds(commit);
  }

  @Override
  public Optional<Failure> begin(long epoch) {
    return store.begin(epoch);
  }

  @Override
  public Push push() {
    return pushing.answer(store::push).orElseGet(Push.Running::new);
  }

  @Override
  public Push look() {
    return pushing.answer(store::look).orElseGet(Push.Running::new);
  }

  /// One thing at a time that takes long.
  private static final class Errand<T> {

    private final String name;
    private final Runnable onEnd;
    private boolean running;

    /// How the last one ended, until somebody has taken it.
    private Optional<T> ended = Optional.empty();

    Errand(String name, Runnable onEnd) {
      this.name = name;
      this.onEnd = onEnd;
    }

    /// The answer that waits; without one, the errand is begun unless it is under way.
    synchronized Optional<T> answer(Supplier<T> errand) {
      Optional<T> answer = ended;
      ended = Optional.empty();
      if (answer.isEmpty() && !running) {
        running = true;
        Thread.ofVirtual().name(name).start(() -> run(errand));
      }
      return answer;
    }

    private void run(Supplier<T> errand) {
      T answer = errand.get();
      synchronized (this) {
        ended = Optional.of(answer);
        running = false;
      }
      onEnd.run();
    }
  }
}
