// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.Distribution;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/// Gives the distribution under test the AOT cache that the launcher gives it after a build, unless
/// it has one. Maven builds it without, and speakers that load their classes one by one would be
/// measured.
final class Training {

  private static final long PATIENCE_SECONDS = 120;

  private Training() {}

  /// Does it once in this process; a failure is told and changes nothing, as it does for a user.
  static void once() {
    var _ = Once.DONE;
  }

  private static final class Once {
    static final boolean DONE = train(SpeakerLabLabIT.distribution());
  }

  private static boolean train(Distribution distribution) {
    Path directory = distribution.directory();
    Path script = directory.resolve("bin/train");
    try {
      if (!Files.exists(script) || !Files.isDirectory(directory.resolve("lib"))) {
        return false; // laid out from class files, of which there is no cache
      }
      // Another process may be about to test the same distribution.
      try (FileChannel lock =
              FileChannel.open(
                  directory.resolveSibling("training.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock _ = lock.lock()) {
        return isFresh(directory) || run(script, distribution);
      }
    } catch (IOException e) {
      System.out.println("no AOT cache: " + e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static boolean run(Path script, Distribution distribution)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", script.toString()).inheritIO();
    builder.environment().putAll(distribution.environment());
    Process process = builder.start();
    return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  private static boolean isFresh(Path directory) throws IOException {
    Path cache = directory.resolve("aot/speaker.aot");
    return Files.exists(cache)
        && Files.getLastModifiedTime(cache)
                .compareTo(Files.getLastModifiedTime(directory.resolve("gitlb.jar")))
            >= 0;
  }
}
