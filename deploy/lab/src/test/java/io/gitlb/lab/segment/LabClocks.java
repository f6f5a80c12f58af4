// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.RunningProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The time of day of each node's speaker, to be set while it runs. libfaketime stands between the
/// speaker and the C library, and reads from a file how far the clock is off. The monotonic clock
/// stays what it is, as when somebody sets a real one.
final class LabClocks {

  /// The dynamic linker knows what its `$LIB` is.
  private static final String LIBRARY = "/usr/$LIB/faketime/libfaketime.so.1";

  /// What a killed process leaves behind.
  private static final List<String> LEFTOVERS =
      List.of("/dev/shm/faketime_shm_", "/dev/shm/sem.faketime_sem_");

  private final Path directory;

  /// @param directory for the files
  LabClocks(Path directory) {
    this.directory = directory;
  }

  /// What a speaker needs in its environment; its clock is right at first.
  Map<String, String> environment(LabNode node) {
    set(node, Duration.ZERO);
    return Map.of(
        "LD_PRELOAD",
        LIBRARY,
        "FAKETIME_TIMESTAMP_FILE",
        file(node).toString(),
        "FAKETIME_CACHE_DURATION",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        // Else every wait with a limit ends at once: Java's are by the monotonic clock.
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0");
  }

  /// Sets a clock; the speaker sees that within a second.
  ///
  /// @param ahead of the machine's, in whole seconds
  void set(LabNode node, Duration ahead) {
    Path next = directory.resolve(node.name() + ".clock.new");
    try {
      Files.writeString(next, "%+d%n".formatted(ahead.toSeconds()));
      Files.move(next, file(node), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A speaker has ended, by itself or not.
  static void ended(RunningProcess speaker) {
    for (String leftover : LEFTOVERS) {
      try {
        Files.deleteIfExists(Path.of(leftover + speaker.pid()));
      } catch (IOException e) {
        System.err.println("clean-up: " + e);
      }
    }
  }

  private Path file(LabNode node) {
    return directory.resolve(node.name() + ".clock");
  }
}
