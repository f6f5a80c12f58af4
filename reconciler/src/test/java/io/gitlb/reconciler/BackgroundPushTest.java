// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LedgerStore;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BackgroundPushTest {

  private final SlowStore store = new SlowStore();
  private final Semaphore told = new Semaphore(0);
  private final LedgerStore push = new BackgroundPush(store, told::release);

  @Test
  void callerNeverWaitsAndGetsTheAnswerOnce() throws InterruptedException {
    assertEquals(new Push.Running(), push.push());
    assertEquals(new Push.Running(), push.push(), "the first one is still under way");
    store.mayEnd.release();
    assertTrue(told.tryAcquire(30, TimeUnit.SECONDS), "told when it has ended");
    assertEquals(new Push.Pushed(1), push.push());
    assertEquals(1, store.pushes.get());
    assertEquals(new Push.Running(), push.push(), "a new one begins");
    store.mayEnd.release();
    assertTrue(told.tryAcquire(30, TimeUnit.SECONDS));
    assertEquals(new Push.Pushed(2), push.push());
  }

  private static final class SlowStore implements LedgerStore {
    private final Semaphore mayEnd = new Semaphore(0);
    private final AtomicInteger pushes = new AtomicInteger();

    @Override
    public Load load() {
      return new Load.Unreadable(new Failure("GLB2001", "not asked for here"));
    }

    @Override
    public Commit commit(LedgerBatch batch, CommitNote note) {
      return new Commit.Failed(new Failure("GLB2001", "not asked for here"));
    }

    @Override
    public boolean holds(String commit) {
      return true;
    }

    @Override
    public Optional<Failure> begin(long epoch) {
      return Optional.empty();
    }

    @Override
    public Push look() {
      return push();
    }

    @Override
    public Push push() {
      mayEnd.acquireUninterruptibly();
      return new Push.Pushed(pushes.incrementAndGet());
    }
  }
}
