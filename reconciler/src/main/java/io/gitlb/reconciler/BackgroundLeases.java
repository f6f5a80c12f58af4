// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.lease.LeaseOrder;
import io.gitlb.reconciler.lease.LeaseRule;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LeasePort;
import io.gitlb.reconciler.loop.LeaseStore;
import io.gitlb.reconciler.loop.LeaseStore.Answer;
import io.gitlb.reconciler.loop.LeaseStore.Note;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Reads and changes the branch `leases` on a thread of its own.
final class BackgroundLeases implements LeasePort, AutoCloseable {

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
  private static final String NO_COMMIT = "0".repeat(40);

  private final LeaseStore store;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Pauses pauses;
  private final Runnable onNews;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Optional<Standing> standing = Optional.empty();
  private Optional<LeaseOrder> ordered = Optional.empty();
  private volatile boolean closing;

  /// @param poll how often the branch is looked at without an order; another cluster may have given
  ///   blocks back
  /// @param afterSuccess the longest pause after a change: who has won knows the newest head and
  ///   would win again, so that the others would get nothing. A pause of the winner is what made it
  ///   fair; one of the loser did not
  record Pauses(Duration poll, Duration afterSuccess) {

    static final Pauses DEFAULT = new Pauses(Duration.ofSeconds(15), Duration.ofMillis(600));
  }

  /// @param onNews called when there is another standing
  BackgroundLeases(
      LeaseStore store,
      InstantSource clock,
      RandomGenerator random,
      Pauses pauses,
      Runnable onNews) {
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.pauses = pauses;
    this.onNews = onNews;
    this.thread = Thread.ofVirtual().name("gitlb-leases").unstarted(this::run);
  }

  BackgroundLeases start() {
    thread.start();
    return this;
  }

  @Override
  public Optional<Standing> standing() {
    lock.lock();
    try {
      return standing;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void order(LeaseOrder order, long version) {
    lock.lock();
    try {
      if (standing.filter(now -> now.version() == version).isPresent()) {
        ordered = Optional.of(order);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      if (store.known() instanceof Answer.Synced known) {
        learn(known);
      }
      Duration retry = FIRST_RETRY;
      Optional<LeaseOrder> order = Optional.empty();
      while (!closing) {
        Answer answer = sync(order);
        learn(answer);
        order = Optional.empty();
        switch (answer) {
          case Answer.Failed _ -> {
            // Next time nothing is changed: what became of this change is found out first.
            Thread.sleep(retry.dividedBy(2).plus(jittered(retry.dividedBy(2))));
            retry = retry.multipliedBy(2);
            retry = retry.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : retry;
          }
          case Answer.Synced synced -> {
            retry = FIRST_RETRY;
            if (synced.changed() > 0) {
              Thread.sleep(jittered(pauses.afterSuccess()));
            }
            order = await();
          }
        }
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private Answer sync(Optional<LeaseOrder> order) {
    return order
        .map(what -> store.sync(what, new Note(what.terms().configCommit(), what.terms().now())))
        .orElseGet(() -> store.sync(LeaseRule.NOTHING, new Note(NO_COMMIT, clock.instant())));
  }

  private Duration jittered(Duration longest) {
    return Duration.ofMillis(random.nextLong(longest.toMillis() + 1));
  }

  /// The next order, or nothing when it is time to look.
  private Optional<LeaseOrder> await() throws InterruptedException {
    lock.lock();
    try {
      long left = pauses.poll().toNanos();
      while (ordered.isEmpty() && !closing && left > 0) {
        left = changed.awaitNanos(left);
      }
      Optional<LeaseOrder> next = ordered;
      ordered = Optional.empty();
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void learn(Answer answer) {
    lock.lock();
    try {
      Standing next = next(answer);
      if (standing.filter(next::equals).isPresent()) {
        return;
      }
      standing =
          Optional.of(
              new Standing(
                  standing.map(Standing::version).orElse(0L) + 1,
                  next.table(),
                  next.notices(),
                  next.failure()));
      // It was made from what was known before.
      ordered = Optional.empty();
    } finally {
      lock.unlock();
    }
    onNews.run();
  }

  private Standing next(Answer answer) {
    long version = standing.map(Standing::version).orElse(0L);
    return switch (answer) {
      case Answer.Synced synced ->
          new Standing(version, synced.table(), synced.notices(), Optional.empty());
      case Answer.Failed(Failure failure) ->
          new Standing(
              version,
              standing.map(Standing::table).orElse(SnapshotMap.empty()),
              standing.map(Standing::notices).orElse(List.of()),
              Optional.of(failure));
    };
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      boolean _ = thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
