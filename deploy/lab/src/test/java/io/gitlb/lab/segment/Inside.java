// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// One thread of this process that lives in a host's network namespace: what it opens, it opens
/// there. So the judges need no process of their own, and their clock is ours.
public final class Inside implements AutoCloseable {

  private final ExecutorService thread;

  /// @param host one with a namespace
  public Inside(Host host) {
    String namespace = host.namespace().orElseThrow();
    thread =
        Executors.newSingleThreadExecutor(
            task ->
                Thread.ofPlatform()
                    .name("inside-" + host.name())
                    .daemon()
                    .unstarted(
                        () -> {
                          Libc.enterNetwork(namespace);
                          task.run();
                        }));
  }

  /// Runs a task there and waits for its result.
  public <T> T call(Callable<T> task) {
    try {
      return thread.submit(task).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /// Starts a thread of its own in a host's namespace.
  static Thread start(Host host, String name, Runnable work) {
    String namespace = host.namespace().orElseThrow();
    return Thread.ofPlatform()
        .name(name)
        .daemon()
        .start(
            () -> {
              Libc.enterNetwork(namespace);
              work.run();
            });
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
