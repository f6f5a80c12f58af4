// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.killed;

import io.gitlb.reconciler.HaltingMain;
import io.gitlb.reconciler.loop.Boundaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One reconciler process after the other on the same state directory. Each halts, without running
/// anything further, right after the step that it was told, once a file says that it is time.
final class KilledReconciler implements AutoCloseable {

  private final Path directory;
  private final List<String> options;
  private Process process;
  private int starts;

  /// @param directory for logs and the file that arms the halt
  /// @param options of `gitlb reconciler`
  KilledReconciler(Path directory, List<String> options, Boundaries.Step step) {
    this.directory = directory;
    this.options = List.copyOf(options);
    this.process = start(step);
  }

  /// Starts the next process; the one before has ended.
  void restart(Boundaries.Step step) {
    process = start(step);
  }

  private Process start(Boundaries.Step step) {
    starts++;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(HaltingMain.class.getName(), step.name(), armed().toString()));
    command.addAll(options);
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(log().toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The process halts at its step from now on.
  void arm() {
    try {
      Files.writeString(armed(), "now");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next process does not halt until it is armed.
  void disarm() {
    try {
      Files.deleteIfExists(armed());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path armed() {
    return directory.resolve("armed");
  }

  private Path log() {
    return directory.resolve("reconciler-" + starts + ".log");
  }

  /// What the present process printed.
  String output() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until the process has halted at its step.
  void awaitHalt() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("it did not come to its step in a minute:\n" + output());
    }
    if (process.exitValue() != HaltingMain.HALTED) {
      throw new AssertionError("it ended with " + process.exitValue() + ":\n" + output());
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
