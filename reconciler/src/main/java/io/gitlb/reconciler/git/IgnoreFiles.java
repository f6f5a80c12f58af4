// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.ignore.FastIgnoreRule;
import org.eclipse.jgit.ignore.IgnoreNode;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/// The files `.gitlbignore` of a tree: which files are somebody else's, in the syntax of
/// `.gitignore`. Each counts for its own directory and those below; the nearest one decides.
final class IgnoreFiles {

  static final String NAME = ".gitlbignore";

  /// Several hundred lines, more than anybody reads.
  private static final int MAX_BYTES = 16 * 1024;

  /// Steps of comparing patterns with names, estimated; some seconds. Patterns with many asterisks
  /// take steps in the power of those.
  private static final double MOST_STEPS = 5e8;

  private final ObjectReader reader;
  private final ObjectId root;
  // directory → its patterns (1:1); empty when it has no such file
  private final Map<String, Optional<Patterns>> byDirectory = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private double steps;

  IgnoreFiles(ObjectReader reader, ObjectId root) {
    this.reader = reader;
    this.root = root;
  }

  /// @param asterisks most of them in one pattern
  private record Patterns(IgnoreNode node, int asterisks) {

    double stepsFor(String path) {
      int longest = Arrays.stream(path.split("/", -1)).mapToInt(String::length).max().orElse(0);
      return node.getRules().size() * Math.pow(longest + 1, asterisks + 1);
    }
  }

  /// What is wrong with the files that were looked at.
  List<Problem> problems() {
    return problems;
  }

  /// Whether the file or directory is somebody else's. What is below an ignored directory is not
  /// asked about.
  boolean isIgnored(String path, FileMode mode) throws IOException {
    for (String directory = parent(path); ; directory = parent(directory)) {
      Optional<Patterns> patterns = patterns(directory);
      if (patterns.isPresent()) {
        String relative = directory.isEmpty() ? "/" + path : path.substring(directory.length());
        steps += patterns.get().stepsFor(relative);
        if (steps > MOST_STEPS) {
          tooSlow(directory);
          return false;
        }
        Boolean ignored = patterns.get().node.checkIgnored(relative, mode.equals(FileMode.TREE));
        if (ignored != null) {
          return ignored;
        }
      }
      if (directory.isEmpty()) {
        return false;
      }
    }
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private static String fileIn(String directory) {
    return directory.isEmpty() ? NAME : directory + "/" + NAME;
  }

  private Optional<Patterns> patterns(String directory) throws IOException {
    Optional<Patterns> known = byDirectory.get(directory);
    if (known == null) {
      known = load(fileIn(directory));
      byDirectory.put(directory, known);
    }
    return known;
  }

  private Optional<Patterns> load(String file) throws IOException {
    try (TreeWalk found = TreeWalk.forPath(reader, file, root)) {
      if (found == null) {
        return Optional.empty();
      }
      if (!found.getFileMode().equals(FileMode.REGULAR_FILE)) {
        problem(file, 0, ProblemCode.SYMLINK, "not a plain file; put the file itself here");
        return Optional.empty();
      }
      ObjectId blob = found.getObjectId(0);
      if (reader.getObjectSize(blob, Constants.OBJ_BLOB) > MAX_BYTES) {
        problem(
            file,
            0,
            ProblemCode.FILE_TOO_LARGE,
            "more than %d bytes; ignore whole directories instead".formatted(MAX_BYTES));
        return Optional.empty();
      }
      return switch (Utf8.decode(reader.open(blob, Constants.OBJ_BLOB).getCachedBytes(MAX_BYTES))) {
        case Utf8.Text(String text) -> Optional.of(parsed(file, text.lines().toList()));
        case Utf8.NotText(int line, int _, String what) -> {
          problem(file, line, ProblemCode.NOT_TEXT, what + "; it is UTF-8 text");
          yield Optional.empty();
        }
      };
    }
  }

  private Patterns parsed(String file, List<String> lines) {
    List<FastIgnoreRule> rules = new ArrayList<>();
    int asterisks = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      FastIgnoreRule rule = new FastIgnoreRule(line);
      if (rule.isEmpty()) {
        problem(
            file,
            i + 1,
            ProblemCode.NO_IGNORE_PATTERN,
            "\"%s\" is no pattern of .gitignore".formatted(Utf8.printable(line)));
      } else {
        rules.add(rule);
        asterisks = Math.max(asterisks, line.replaceAll("[^*]", "").length());
      }
    }
    return new Patterns(new IgnoreNode(rules), asterisks);
  }

  /// Said once.
  private void tooSlow(String directory) {
    if (problems.stream().noneMatch(problem -> problem.code() == ProblemCode.FILE_TOO_LARGE)) {
      problem(
          fileIn(directory),
          0,
          ProblemCode.FILE_TOO_LARGE,
          "takes too long; write fewer patterns, with fewer asterisks each");
    }
  }

  /// @param line from 1; 0 for the file as a whole
  private void problem(String file, int line, ProblemCode code, String message) {
    SourcePlace place = new SourcePlace(Utf8.printable(file), line, line == 0 ? 0 : 1);
    problems.add(new Problem(place, code, OneLine.of(message)));
  }
}
