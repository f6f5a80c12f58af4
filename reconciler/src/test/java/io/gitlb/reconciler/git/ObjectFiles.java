// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The files that hold the objects of a ledger's local copy.
final class ObjectFiles {

  private ObjectFiles() {}

  /// All of them.
  ///
  /// @param state the directory of a [GitLedgerStore]
  static List<Path> all(Path state) throws IOException {
    try (Stream<Path> files = Files.walk(state.resolve("ledger.git/objects"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /// Those of one object each.
  static List<Path> loose(Path state) throws IOException {
    return all(state).stream()
        .filter(file -> file.getName(file.getNameCount() - 2).toString().length() == 2)
        .toList();
  }

  /// How large they are together.
  static long bytes(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
