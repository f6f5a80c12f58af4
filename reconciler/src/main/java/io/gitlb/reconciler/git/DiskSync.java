// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/// Waits until files and directories are on disk.
final class DiskSync {

  private static final ThreadFactory THREADS =
      Thread.ofPlatform().name("gitlb-sync-", 0).daemon().factory();

  private DiskSync() {}

  /// All of them at the same time: a journal takes what comes together in one turn of the disk, so
  /// that a dozen takes little longer than one.
  ///
  /// @param paths of files, and of directories for their entries
  static void all(Collection<Path> paths) throws IOException {
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(THREADS)) {
      List<CompletableFuture<Void>> running =
          paths.stream()
              .map(path -> CompletableFuture.runAsync(() -> unchecked(path), threads))
              .toList();
      CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException failed) {
        throw Objects.requireNonNull(failed.getCause(), "it has one");
      }
      throw e;
    }
  }

  private static void unchecked(Path path) {
    try {
      one(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void one(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
