// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.protocol.DesiredState;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that hands states to the sink. While it is busy with one, only the newest of
/// those that come waits.
final class Applier implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

  /// The part's name on the status board.
  private static final String PART = "applying the desired state";

  private final DesiredStateSink sink;
  private final StatusBoard board;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition offered = lock.newCondition();
  private final Thread thread;
  private Optional<Offer> waiting = Optional.empty();
  private boolean closed;

  private record Offer(DesiredState state, DesiredStateSink.Source source) {}

  Applier(DesiredStateSink sink, StatusBoard board) {
    this.sink = sink;
    this.board = board;
    // A platform thread: what applies a state may call native code.
    thread = Thread.ofPlatform().name("gitlb-apply").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void offer(DesiredState state, DesiredStateSink.Source source) {
    lock.lock();
    try {
      waiting = Optional.of(new Offer(state, source));
      offered.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Optional<Offer> next = take();
    while (next.isPresent()) {
      apply(next.get());
      next = take();
    }
  }

  private void apply(Offer offer) {
    DesiredState state = offer.state();
    try {
      sink.apply(state, offer.source());
      // In this order: whoever waits for the state to be applied finds nothing of an earlier one.
      board.solved(PART);
      board.applied(state.generation());
    } catch (RuntimeException e) {
      LOG.error("generation {} could not be applied", state.generation(), e);
      board.problem(PART, "generation " + state.generation() + " failed; the log has the details");
    }
  }

  /// Waits for a state; empty when closed.
  private Optional<Offer> take() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        offered.awaitUninterruptibly();
      }
      Optional<Offer> taken = closed ? Optional.empty() : waiting;
      waiting = Optional.empty();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Lets the state that is being applied finish; drops the one that waits, it is on disk.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      offered.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
