// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;

/// Reads and moves refs of a repository of ours. JGit answers with a result instead of throwing;
/// here none is overlooked. A move is on disk when the call returns.
final class LocalRef {

  private LocalRef() {}

  /// How a move ended that depends on where the ref was.
  enum Move {
    /// It is where it should be.
    DONE,
    /// Somebody else moved it before.
    LOST
  }

  /// Where the ref is; empty when there is none.
  static Optional<ObjectId> read(Repository repository, String name) throws IOException {
    return Optional.ofNullable(repository.exactRef(name)).map(Ref::getObjectId);
  }

  /// Moves it from one place to another.
  ///
  /// @param from empty: it must not exist
  static Move move(Repository repository, String name, Optional<ObjectId> from, ObjectId to)
      throws IOException {
    RefUpdate update = repository.updateRef(name, true);
    update.setExpectedOldObjectId(from.orElse(ObjectId.zeroId()));
    update.setNewObjectId(to);
    update.setForceUpdate(true);
    update.disableRefLog();
    Path directory = repository.getDirectory().toPath().resolve(name).getParent();
    boolean hadDirectory = directory != null && Files.isDirectory(directory);
    RefUpdate.Result result = update.update();
    return switch (result) {
      case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {
        if (directory != null && hadDirectory) {
          // Those above it have not changed, and each costs a turn of the disk.
          syncDirectory(directory);
        } else {
          syncDirectories(repository, name);
        }
        yield Move.DONE;
      }
      case LOCK_FAILURE -> Move.LOST;
      case NOT_ATTEMPTED,
          REJECTED,
          REJECTED_CURRENT_BRANCH,
          IO_FAILURE,
          RENAMED,
          REJECTED_MISSING_OBJECT,
          REJECTED_OTHER_REASON ->
          throw new IOException("%s cannot be moved to %s: %s".formatted(name, to.name(), result));
    };
  }

  /// Waits until it is on disk where it is; for a move of which nobody knows how it ended.
  static void sync(Repository repository, String name) throws IOException {
    Path file = repository.getDirectory().toPath().resolve(name);
    if (Files.exists(file)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
    syncDirectories(repository, name);
  }

  /// Moves it, wherever it was.
  static void set(Repository repository, String name, ObjectId to) throws IOException {
    if (move(repository, name, read(repository, name), to) == Move.LOST) {
      throw new IOException(name + " is being moved by somebody else");
    }
  }

  /// Removes it; fine when there is none.
  static void delete(Repository repository, String name) throws IOException {
    RefUpdate update = repository.updateRef(name, true);
    update.setForceUpdate(true);
    update.disableRefLog();
    RefUpdate.Result result = update.delete();
    switch (result) {
      case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
      case NOT_ATTEMPTED,
          REJECTED,
          REJECTED_CURRENT_BRANCH,
          IO_FAILURE,
          LOCK_FAILURE,
          RENAMED,
          REJECTED_MISSING_OBJECT,
          REJECTED_OTHER_REASON ->
          throw new IOException("%s cannot be removed: %s".formatted(name, result));
    }
  }

  /// A renamed file survives a power cut only when its directory was synced too.
  private static void syncDirectories(Repository repository, String name) throws IOException {
    Path top = repository.getDirectory().toPath();
    Path directory = top.resolve(name).getParent();
    while (directory != null && !directory.equals(top)) {
      if (Files.isDirectory(directory)) {
        syncDirectory(directory);
      }
      directory = directory.getParent();
    }
  }

  /// Waits until a directory's entries are on disk.
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
