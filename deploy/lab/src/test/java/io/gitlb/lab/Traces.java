// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks for anything on the machine that a sandbox made.
final class Traces {

  private static final List<Path> PLACES =
      List.of(
          Path.of("/run/netns"),
          Path.of("/etc/frr"),
          Path.of("/var/run/frr"),
          Path.of(System.getProperty("java.io.tmpdir")));

  private Traces() {}

  /// Paths whose name starts with the sandbox's prefix, and processes that name it in their command
  /// line, sorted.
  static List<String> of(String prefix) {
    List<String> found = new ArrayList<>();
    for (Path place : PLACES) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, prefix + "*")) {
        entries.forEach(entry -> found.add(entry.toString()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(prefix))
        .forEach(process -> found.add("process " + process.pid()));
    return found.stream().sorted().toList();
  }
}
