// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Remembers what was applied, and can be made slow or broken.
final class RecordingSink implements DesiredStateSink {

  private final List<Generation> applied = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();
  private CountDownLatch gate = new CountDownLatch(0);
  private boolean broken;
  private Optional<DesiredState> newest = Optional.empty();

  @Override
  public void apply(DesiredState state, Source source) {
    CountDownLatch current;
    synchronized (this) {
      applied.add(state.generation());
      sources.add(source);
      newest = Optional.of(state);
      notifyAll();
      current = gate;
      if (broken) {
        throw new IllegalStateException("the sink is broken");
      }
    }
    try {
      current.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// From now on applying takes until the gate is opened.
  synchronized CountDownLatch shutGate() {
    gate = new CountDownLatch(1);
    return gate;
  }

  synchronized void breakDown() {
    broken = true;
  }

  synchronized void repair() {
    broken = false;
  }

  /// The state that was begun last.
  synchronized DesiredState newest() {
    return newest.orElseThrow();
  }

  /// Where those that were begun came from, in the same order.
  synchronized List<Source> sources() {
    return List.copyOf(sources);
  }

  synchronized List<Generation> applied() {
    return List.copyOf(applied);
  }

  /// Waits until so many were begun.
  synchronized List<Generation> await(int count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (applied.size() < count) {
      long remaining = deadline - System.nanoTime();
      if (remaining <= 0) {
        throw new AssertionError("only " + applied);
      }
      TimeUnit.NANOSECONDS.timedWait(this, remaining);
    }
    return List.copyOf(applied);
  }
}
