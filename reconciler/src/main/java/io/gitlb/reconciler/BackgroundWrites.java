// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.Boundaries.Step;
import io.gitlb.reconciler.loop.ClusterPort;
import io.gitlb.reconciler.loop.ClusterPort.FailedWrite;
import io.gitlb.reconciler.loop.ClusterPort.StatusWrite;
import io.gitlb.reconciler.loop.StatusPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes statuses on a thread of its own, so that the next part of the ledger is committed
/// meanwhile. What is begun while a write is under way is put together into the next one: the API
/// server sees one stream of requests, as many at a time as the adapter has in flight.
final class BackgroundWrites implements StatusPort {

  private final ClusterPort cluster;
  private final Boundaries boundaries;
  private List<StatusWrite> waiting = new ArrayList<>();
  private List<FailedWrite> failed = new ArrayList<>();
  private Optional<RuntimeException> defect = Optional.empty();
  private boolean running;

  /// @param boundaries is told after each part
  BackgroundWrites(ClusterPort cluster, Boundaries boundaries) {
    this.cluster = cluster;
    this.boundaries = boundaries;
  }

  @Override
  public synchronized void begin(List<StatusWrite> writes) {
    waiting.addAll(writes);
    if (!running && !waiting.isEmpty()) {
      running = true;
      Thread.ofVirtual().name("gitlb-status").start(this::run);
    }
  }

  private void run() {
    Optional<List<StatusWrite>> next = next();
    while (next.isPresent()) {
      write(next.get());
      next = next();
    }
  }

  private synchronized Optional<List<StatusWrite>> next() {
    if (waiting.isEmpty()) {
      running = false;
      notifyAll();
      return Optional.empty();
    }
    List<StatusWrite> writes = waiting;
    waiting = new ArrayList<>();
    return Optional.of(writes);
  }

  private void write(List<StatusWrite> writes) {
    try {
      List<FailedWrite> answer = cluster.write(writes);
      boundaries.reached(Step.STATUS);
      synchronized (this) {
        failed.addAll(answer);
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        defect = Optional.of(e);
      }
    }
  }

  /// @throws RuntimeException the defect that ended a write
  @Override
  public synchronized List<FailedWrite> await() {
    boolean interrupted = false;
    while (running) {
      try {
        wait();
      } catch (InterruptedException _) {
        // The writes end with their deadlines; whoever interrupts is told afterwards.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Optional<RuntimeException> thrown = defect;
    defect = Optional.empty();
    if (thrown.isPresent()) {
      throw thrown.get();
    }
    List<FailedWrite> all = failed;
    failed = new ArrayList<>();
    return all;
  }
}
