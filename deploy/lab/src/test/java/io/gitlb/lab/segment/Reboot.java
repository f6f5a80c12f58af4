// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/// What a speaker finds on its disk when its machine has booted.
public final class Reboot {

  private static final String OTHER_BOOT = "00000000-0000-4000-8000-000000000000";

  private Reboot() {}

  /// The last run was on another boot, and everything is from before.
  ///
  /// @param directory where a speaker that does not run has its state
  /// @param absence since that run
  public static void pretend(Path directory, Duration absence) {
    Instant then = Instant.now().minus(absence);
    try {
      Files.writeString(directory.resolve("ran"), OTHER_BOOT + "\n" + then + "\n");
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          Files.setLastModifiedTime(file, FileTime.from(then));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
