// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A long-running process that a [Sandbox] owns, with its output in a log file.
public final class RunningProcess implements AutoCloseable {

  /// What a program of ours may take to stop in good order.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Path log;

  RunningProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /// Everything that it has printed; a restarted process of the same name goes on in the same file.
  public Path log() {
    return log;
  }

  /// What it has printed so far.
  public String output() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The last lines of the log.
  public List<String> tail(int lines) {
    List<String> all = output().lines().toList();
    return all.subList(Math.max(0, all.size() - lines), all.size());
  }

  /// Ends it as `kill -9` does and waits until it is gone.
  public void kill() {
    process.destroyForcibly();
    await(STOP_LIMIT);
  }

  /// Asks it to stop and waits; one that does not stop in time is killed.
  ///
  /// @return its exit code
  public int stop() {
    process.destroy();
    if (!await(STOP_LIMIT)) {
      kill();
    }
    return process.exitValue();
  }

  /// Waits for it to end by itself.
  ///
  /// @return whether it ended in time
  public boolean await(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  /// The exit code of a process that has ended.
  public int exitCode() {
    return process.exitValue();
  }

  Owner identity() {
    return Owner.of(process.toHandle());
  }

  @Override
  public void close() {
    stop();
  }
}
