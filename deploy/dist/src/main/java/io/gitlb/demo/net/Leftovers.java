// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Finds and removes what a sandbox leaves when its process is killed.
final class Leftovers {

  /// In a scratch directory: one line of the form [Owner#prefix] for each process that was started.
  static final String PROCESSES = "processes";

  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final Duration DEATH_LIMIT = Duration.ofSeconds(5);

  private Leftovers() {}

  static Path scratchParent() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  static FileAttribute<?> ownerOnly() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }

  static List<String> sweep() {
    List<String> removed = new ArrayList<>();
    for (Path scratch : ofTheDead(scratchParent())) {
      List<Long> running =
          recordedProcesses(scratch).stream().filter(Owner::isRunning).map(Owner::pid).toList();
      kill(running);
      running.forEach(pid -> removed.add("process " + pid));
    }
    for (Path namespace : ofTheDead(NAMESPACES)) {
      removeNamespace(namespace.getFileName().toString());
      removed.add("namespace " + namespace.getFileName());
    }
    for (Path parent : List.of(Frr.CONFIGURATION, Frr.STATE, scratchParent())) {
      for (Path directory : ofTheDead(parent)) {
        removeTree(directory);
        removed.add("directory " + directory);
      }
    }
    return List.copyOf(removed);
  }

  /// Ends the processes in a network namespace of ours and deletes it; its ends of cables go with
  /// it.
  static void removeNamespace(String name) {
    kill(
        Commands.run(List.of("ip", "netns", "pids", name))
            .output()
            .lines()
            .filter(line -> line.matches("\\d+"))
            .map(Long::valueOf)
            .toList());
    Commands.run(List.of("ip", "netns", "delete", name));
  }

  /// Removes a directory with all its content. Links are removed, not followed.
  static void removeTree(Path root) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException problem)
                throws IOException {
              Files.deleteIfExists(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Ends processes as a power cut does and waits until they are gone.
  static void kill(List<Long> pids) {
    List<Owner> killed = new ArrayList<>();
    pids.stream()
        .map(ProcessHandle::of)
        .flatMap(Optional::stream)
        .forEach(
            process -> {
              killed.add(Owner.of(process));
              process.destroyForcibly();
            });
    // A zombie counts as gone: whoever inherited it may take seconds to look after it.
    Poll.until(
        DEATH_LIMIT, () -> killed.removeIf(process -> !process.isRunning()), _ -> killed.isEmpty());
  }

  /// The entries of `parent` whose name carries a process that is gone and that belong to our own
  /// user: nobody else's files make us kill or delete anything.
  private static List<Path> ofTheDead(Path parent) {
    Predicate<Path> dead =
        entry ->
            Owner.inName(entry.getFileName().toString())
                .filter(owner -> !owner.isRunning())
                .isPresent();
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, "gitlb-*")) {
      for (Path entry : entries) {
        if (dead.test(entry) && isOurs(entry)) {
          found.add(entry);
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return found;
  }

  private static boolean isOurs(Path entry) throws IOException {
    String ours = System.getProperty("user.name");
    String owner = Files.getOwner(entry, LinkOption.NOFOLLOW_LINKS).getName();
    return owner.equals(ours) || (ours.equals("root") && owner.equals("frr"));
  }

  private static List<Owner> recordedProcesses(Path scratch) {
    try {
      return Files.readAllLines(scratch.resolve(PROCESSES)).stream()
          .map(Owner::inName)
          .flatMap(Optional::stream)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
