// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.TreeWalk;

/// Reads the definitions out of a commit's tree: YAML and JSON files under the configured paths.
///
/// Files of other kinds, what `.gitlbignore` names and everything whose name begins with a dot are
/// somebody else's and passed over. Links and submodules are refused, whatever they are called:
/// what stands behind them is not part of the commit. Sizes are looked at before anything is
/// loaded.
final class ConfigTree {

  /// No definition file comes near it; more is a mistake or an attack.
  static final long MAX_FILE_BYTES = 256 * 1024;

  /// All files together; 64 MiB is some 200,000 documents.
  private static final long MAX_TOTAL_BYTES = 64L * 1024 * 1024;

  /// Directories and files; a few small trees that name each other can unfold to billions.
  private static final int MAX_ENTRIES = 100_000;

  private final ObjectReader reader;
  private final IgnoreFiles ignored;
  // path → file
  private final SortedMap<String, ConfigFile> files = new TreeMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private long totalBytes;
  private int entries;

  private ConfigTree(ObjectReader reader, IgnoreFiles ignored) {
    this.reader = reader;
    this.ignored = ignored;
  }

  /// What was read.
  ///
  /// @param files sorted by path
  /// @param problems sorted by place
  record Content(List<ConfigFile> files, List<Problem> problems) {}

  /// Reads a tree.
  ///
  /// @param paths directories or files, relative to the root; empty or `.` is the root
  static Content read(ObjectReader reader, ObjectId tree, List<String> paths) throws IOException {
    ConfigTree walk = new ConfigTree(reader, new IgnoreFiles(reader, tree));
    for (String path : paths) {
      walk.readPath(tree, normalized(path));
    }
    walk.problems.addAll(walk.ignored.problems());
    if (walk.files.isEmpty() && walk.problems.isEmpty()) {
      walk.problem(
          paths.isEmpty() ? "." : paths.getFirst(),
          ProblemCode.NO_DOCUMENTS,
          "no *.yaml, *.yml or *.json file under %s in this commit. Check the configured paths; emptying them all by a commit is not accepted"
              .formatted(String.join(", ", paths)));
    }
    return new Content(
        List.copyOf(walk.files.values()), walk.problems.stream().distinct().sorted().toList());
  }

  private static String normalized(String path) {
    return path.replaceAll("/+", "/").replaceAll("^(\\./|/)+", "").replaceAll("/?\\.?$", "");
  }

  /// Goes down to the path, so that a link on the way is seen.
  private void readPath(ObjectId root, String path) throws IOException {
    if (path.isEmpty()) {
      readDirectory(root, "");
      return;
    }
    for (int end = path.indexOf('/'); end != path.length(); end = next(path, end)) {
      if (end < 0) {
        break;
      }
      if (!isDirectory(root, path.substring(0, end))) {
        return;
      }
    }
    try (TreeWalk found = TreeWalk.forPath(reader, path, root)) {
      if (found != null) {
        readEntry(found, path);
      }
    }
  }

  private static int next(String path, int slash) {
    return path.indexOf('/', slash + 1);
  }

  private boolean isDirectory(ObjectId root, String path) throws IOException {
    try (TreeWalk found = TreeWalk.forPath(reader, path, root)) {
      if (found == null) {
        return false;
      }
      if (ignored.isIgnored(path, found.getFileMode())) {
        return false;
      }
      refuseLink(found.getFileMode(), path);
      return found.getFileMode().equals(FileMode.TREE);
    }
  }

  private void readDirectory(ObjectId tree, String path) throws IOException {
    try (TreeWalk walk = new TreeWalk(reader)) {
      walk.addTree(
          new CanonicalTreeParser(path.isEmpty() ? null : Constants.encode(path), reader, tree));
      while (walk.next()) {
        if (!walk.getNameString().startsWith(".")) {
          readEntry(walk, walk.getPathString());
        }
      }
    }
  }

  private void readEntry(TreeWalk entry, String path) throws IOException {
    entries++;
    if (entries > MAX_ENTRIES) {
      tooMuch(path, "more than %d files and directories".formatted(MAX_ENTRIES));
      return;
    }
    FileMode mode = entry.getFileMode();
    if (ignored.isIgnored(path, mode)) {
      return;
    }
    refuseLink(mode, path);
    if (mode.equals(FileMode.TREE)) {
      readDirectory(entry.getObjectId(0), path);
    } else if (isFile(mode) && isDefinition(path)) {
      readFile(entry.getObjectId(0), path);
    }
  }

  private void refuseLink(FileMode mode, String path) {
    if (mode.equals(FileMode.SYMLINK)) {
      problem(
          path,
          ProblemCode.SYMLINK,
          "a symbolic link; definitions are read from the commit alone. Put the file itself here");
    } else if (mode.equals(FileMode.GITLINK)) {
      problem(
          path,
          ProblemCode.SUBMODULE,
          "a submodule; definitions are read from the commit alone. Put the files themselves here");
    }
  }

  private static boolean isFile(FileMode mode) {
    return mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE);
  }

  static boolean isDefinition(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    return lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json");
  }

  private void readFile(ObjectId blob, String path) throws IOException {
    long bytes = reader.getObjectSize(blob, Constants.OBJ_BLOB);
    if (bytes > MAX_FILE_BYTES) {
      problem(
          path,
          ProblemCode.FILE_TOO_LARGE,
          "%d bytes; a file of definitions may have %d (256 KiB). Split it, or give it another ending if it is none"
              .formatted(bytes, MAX_FILE_BYTES));
      return;
    }
    totalBytes += bytes;
    if (totalBytes > MAX_TOTAL_BYTES) {
      tooMuch(path, "more than %d MiB of definitions".formatted(MAX_TOTAL_BYTES / 1024 / 1024));
      return;
    }
    byte[] content = reader.open(blob, Constants.OBJ_BLOB).getCachedBytes((int) MAX_FILE_BYTES);
    switch (Utf8.decode(content)) {
      case Utf8.Text(String text) -> files.put(path, new ConfigFile(path, text));
      case Utf8.NotText(int line, int column, String found) ->
          problems.add(
              new Problem(
                  new SourcePlace(Utf8.printable(path), line, column),
                  ProblemCode.NOT_TEXT,
                  found
                      + "; a file of definitions is UTF-8 text. Give it another ending if it is"
                      + " none"));
    }
  }

  /// Said once; everything after it is the same trouble.
  private void tooMuch(String path, String found) {
    String message =
        "%s under the configured paths; nothing more is read. Configure narrower paths"
            .formatted(found);
    boolean said = problems.stream().anyMatch(problem -> problem.message().equals(message));
    if (!said) {
      problem(path, ProblemCode.FILE_TOO_LARGE, message);
    }
  }

  private void problem(String path, ProblemCode code, String message) {
    problems.add(new Problem(SourcePlace.of(Utf8.printable(path)), code, OneLine.of(message)));
  }
}
