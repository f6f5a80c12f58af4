// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.loop.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Keeps a second reconciler out of the same state directory. The lock goes with the process.
final class StateLock implements AutoCloseable {

  private final FileChannel channel;

  private StateLock(FileChannel channel) {
    this.channel = channel;
  }

  /// What came of taking the lock.
  sealed interface Taking {

    /// The directory is there and ours.
    record Taken(StateLock lock) implements Taking {}

    /// It cannot be used.
    record Refused(Failure failure) implements Taking {}
  }

  /// Makes the directory when it is missing and takes its lock.
  static Taking take(Path directory) {
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (isFree(channel)) {
        return new Taking.Taken(new StateLock(channel));
      }
      channel.close();
      return new Taking.Refused(
          new Failure(
              "GLB5101",
              "--state-dir "
                  + directory
                  + " is in use by another reconciler; stop that one or name another directory"));
    } catch (IOException e) {
      return new Taking.Refused(
          new Failure(
              "GLB5102",
              "--state-dir "
                  + directory
                  + " cannot be written ("
                  + e
                  + "); make it writable for this user or name another directory"));
    }
  }

  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      // Another reconciler in this very process.
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the lock of the state directory cannot be given back", e);
    }
  }
}
