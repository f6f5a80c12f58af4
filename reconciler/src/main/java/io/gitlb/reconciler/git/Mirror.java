// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/// A bare repository of ours under the state directory: made when it is missing, opened once, set
/// aside when it is damaged. One process has it at a time.
final class Mirror implements AutoCloseable {

  private final Path directory;
  private final String head;
  private Optional<Repository> open = Optional.empty();
  private Optional<FileChannel> lock = Optional.empty();

  /// @param directory where it is, or will be
  /// @param head the ref that HEAD names, so that plain `git log` there shows something useful
  Mirror(Path directory, String head) {
    IsolatedSystemReader.install();
    this.directory = directory;
    this.head = head;
  }

  /// The repository, made when it is missing.
  synchronized Repository repository() throws IOException, GitProblemException {
    if (open.isPresent() && Files.exists(directory.resolve(Constants.HEAD))) {
      return open.get();
    }
    // Somebody removed it.
    closeRepository();
    Files.createDirectories(directory.toAbsolutePath().getParent());
    claim();
    boolean found = Files.exists(directory.resolve(Constants.HEAD));
    if (found) {
      removeLeftovers();
    } else {
      Trees.delete(directory);
    }
    Repository repository =
        new FileRepositoryBuilder().setGitDir(directory.toFile()).setBare().build();
    try {
      if (!found) {
        repository.create(true);
      }
      configure(repository.getConfig());
      pointHead(repository);
    } catch (IOException | RuntimeException e) {
      repository.close();
      throw e;
    }
    open = Optional.of(repository);
    return repository;
  }

  /// Puts the repository out of the way, as `….damaged`, so that the next call makes a new one.
  synchronized void setAside() throws IOException {
    closeRepository();
    Path damaged = directory.resolveSibling(directory.getFileName() + ".damaged");
    Trees.delete(damaged);
    if (Files.exists(directory)) {
      Files.move(directory, damaged, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public synchronized void close() {
    closeRepository();
    lock.ifPresent(
        channel -> {
          try {
            channel.close();
          } catch (IOException e) {
            // The lock goes with the process at the latest.
          }
        });
    lock = Optional.empty();
  }

  private void closeRepository() {
    open.ifPresent(Repository::close);
    open = Optional.empty();
  }

  /// A second process on one state directory would take this one's lock files for leftovers.
  private void claim() throws IOException, GitProblemException {
    if (lock.isPresent()) {
      return;
    }
    FileChannel channel =
        FileChannel.open(
            directory.resolveSibling(directory.getFileName() + ".in-use"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      FileLock taken = channel.tryLock();
      if (taken != null) {
        lock = Optional.of(channel);
        return;
      }
    } catch (OverlappingFileLockException e) {
      // This very process has it.
    }
    channel.close();
    throw new GitProblemException(
        GitFailure.LOCAL_STORAGE,
        "%s is in use by another process. Give each reconciler its own state directory"
            .formatted(directory));
  }

  /// What a killed process left: lock files that would block every later write, and half-written
  /// objects.
  private void removeLeftovers() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> leftovers =
          files.filter(file -> isLeftover(directory.relativize(file).toString())).toList();
      for (Path file : leftovers) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static boolean isLeftover(String path) {
    return path.startsWith("objects/")
        ? path.matches("objects/(pack/)?(noz|incoming_|insert_|gc_)[^/]*")
        : path.endsWith(".lock");
  }

  private static void configure(StoredConfig config) throws IOException {
    String before = config.toText();
    config.setBoolean("core", null, "fsyncObjectFiles", true);
    config.setBoolean("core", null, "fsyncRefFiles", true);
    config.setString("core", null, "hooksPath", "/dev/null");
    config.setBoolean("core", null, "logAllRefUpdates", false);
    // Packing takes seconds; it happens when we say so, not after some fetch.
    config.setInt("gc", null, "auto", 0);
    config.setInt("gc", null, "autoPackLimit", 0);
    config.setBoolean("gc", null, "autoDetach", false);
    // Written by the packing job; makes the history of an address quick to find.
    config.setBoolean("core", null, "commitGraph", true);
    if (!config.toText().equals(before)) {
      config.save();
    }
  }

  private void pointHead(Repository repository) throws IOException {
    Ref now = repository.exactRef(Constants.HEAD);
    if (now != null && now.getTarget().getName().equals(head)) {
      return;
    }
    RefUpdate update = repository.updateRef(Constants.HEAD, false);
    update.disableRefLog();
    RefUpdate.Result result = update.link(head);
    switch (result) {
      case NEW, FORCED, NO_CHANGE -> {}
      default -> throw new IOException("HEAD cannot be set: " + result);
    }
  }
}
