// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// The file in a repository of ours that says which epoch was begun last. An epoch in which nothing
/// was committed is in no commit, and speakers may have seen it all the same.
final class EpochFile {

  private static final String NAME = "gitlb-epoch";

  private EpochFile() {}

  /// @return 0 when there is none that can be read
  static long read(Path repository) throws IOException {
    Path file = repository.resolve(NAME);
    if (Files.notExists(file)) {
      return 0;
    }
    String text = Files.readString(file).strip();
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  /// Returns when it is on disk.
  static void write(Path repository, long epoch) throws IOException {
    Path fresh = repository.resolve(NAME + ".new");
    Files.write(fresh, (epoch + "\n").getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(
        fresh,
        repository.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    LocalRef.syncDirectory(repository);
  }
}
