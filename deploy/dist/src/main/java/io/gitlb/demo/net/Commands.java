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

/// Runs short commands to their end.
final class Commands {

  /// Far above what any of our commands needs; only a hanging one meets it.
  static final Duration LIMIT = Duration.ofSeconds(30);

  /// What a shell says when there is no such program.
  private static final int NOT_FOUND = 127;

  private Commands() {}

  /// Runs a command with the usual limit. A program that does not exist is a result with exit code
  /// 127.
  static CommandResult run(List<String> command) {
    return run(command, LIMIT);
  }

  /// Runs a command and ends it when it takes longer than `limit`.
  static CommandResult run(List<String> command, Duration limit) {
    try {
      // A file and not a pipe: a daemon that the command leaves behind would keep a pipe open.
      Path output = Files.createTempFile("gitlb-command", ".out");
      try {
        int exitCode = exitCode(command, output, limit);
        return new CommandResult(
            command, exitCode, new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int exitCode(List<String> command, Path output, Duration limit)
      throws IOException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      Files.writeString(output, String.valueOf(e.getMessage()));
      return NOT_FOUND;
    }
    process.getOutputStream().close();
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return CommandResult.TIMED_OUT;
  }
}
