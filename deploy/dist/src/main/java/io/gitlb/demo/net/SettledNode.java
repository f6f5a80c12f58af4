// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// A node on which a speaker ran before: one that starts there waits for no service proxy, which a
/// node that is a network namespace does not have.
public final class SettledNode {

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private SettledNode() {}

  /// Leaves what a run without a state leaves.
  ///
  /// @param stateDirectory of the speaker; when it is there already nothing is done
  public static void at(Path stateDirectory) {
    if (Files.exists(stateDirectory)) {
      return;
    }
    try {
      Files.createDirectories(stateDirectory);
      Files.writeString(
          stateDirectory.resolve("ran"),
          Files.readString(BOOT_ID).strip() + "\n" + Instant.now() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
