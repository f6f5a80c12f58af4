// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The end of every conversation with a remote, whatever the library and the server do.
final class Deadline {

  /// How long a cut-off conversation gets to clean up behind itself before it is left alone.
  private static final Duration CLEAN_UP = Duration.ofSeconds(2);

  private Deadline() {}

  /// Does the work on a virtual thread and waits. When time is up the thread is interrupted, which
  /// closes the socket that it is blocked on.
  ///
  /// @throws DeadlineExceededException when time is up
  static <T> T run(Duration limit, Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    Thread worker = Thread.ofVirtual().name("git-remote").start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      cutOff(task, worker);
      throw new DeadlineExceededException(limit);
    } catch (InterruptedException e) {
      cutOff(task, worker);
      throw e;
    }
  }

  private static void cutOff(FutureTask<?> task, Thread worker) throws InterruptedException {
    task.cancel(true);
    worker.join(CLEAN_UP);
  }

  /// Time was up.
  static final class DeadlineExceededException extends Exception {

    DeadlineExceededException(Duration limit) {
      super("no result within " + limit.toSeconds() + " s");
    }
  }
}
