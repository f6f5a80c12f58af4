// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.killed;

import io.gitlb.reconciler.git.GitCli;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Reads a ledger branch with the git command alone, as an auditor would.
final class LedgerWitness {

  private static final String BRANCH = "refs/heads/allocations/demo";

  private final GitCli git;

  LedgerWitness(Path repository) {
    this.git = GitCli.in(repository);
  }

  /// The commit that the branch names; empty while there is none.
  String head() {
    return !Files.exists(git.path().resolve("HEAD"))
        ? ""
        : git.run("for-each-ref", "--format=%(objectname)", BRANCH);
  }

  /// Nothing is missing or broken; what no ref names does not count.
  void isSound() {
    if (head().isEmpty()) {
      return;
    }
    String found = git.run("fsck", "--strict", "--no-dangling");
    List<String> complaints = found.lines().filter(line -> !line.startsWith("notice:")).toList();
    if (!complaints.isEmpty()) {
      throw new AssertionError(complaints);
    }
  }

  /// `namespace/name` → the addresses that its records give it now.
  SortedMap<String, SortedSet<String>> addresses() {
    SortedMap<String, SortedSet<String>> addresses = new TreeMap<>();
    if (head().isEmpty()) {
      return addresses;
    }
    String paths = git.run("ls-tree", "-r", "--name-only", BRANCH, "v4");
    for (String path : paths.lines().toList()) {
      List<String> lines = git.run("show", BRANCH + ":" + path).lines().map(String::strip).toList();
      if (lines.contains("state: allocated")) {
        String address = path.substring(path.lastIndexOf('/') + 1).replace(".yaml", "");
        for (String service : services(lines)) {
          addresses.computeIfAbsent(service, _ -> new TreeSet<>()).add(address);
        }
      }
    }
    return addresses;
  }

  private static List<String> services(List<String> lines) {
    List<String> services = new ArrayList<>();
    String namespace = "";
    for (String line : lines) {
      String field = line.startsWith("- ") ? line.substring(2) : line;
      if (field.startsWith("namespace: ")) {
        namespace = value(field);
      } else if (field.startsWith("name: ")) {
        services.add(namespace + "/" + value(field));
      }
    }
    return services;
  }

  private static String value(String field) {
    return field.substring(field.indexOf(": ") + 2).replace("\"", "");
  }

  /// Every commit says of exactly those addresses that it changed them, and dates never run
  /// backwards.
  ///
  /// @param since the head that was looked at last; empty: from the first commit
  void explainsItself(String since) {
    if (head().equals(since)) {
      return;
    }
    String range = since.isEmpty() ? BRANCH : since + ".." + BRANCH;
    long newest = Long.MAX_VALUE;
    for (String commit : git.run("rev-list", range).lines().toList()) {
      SortedSet<String> changed =
          git.run("diff-tree", "-r", "--root", "--no-commit-id", "--name-only", commit)
              .lines()
              .filter(path -> path.startsWith("v4/"))
              .map(path -> path.substring(path.lastIndexOf('/') + 1).replace(".yaml", ""))
              .collect(Collectors.toCollection(TreeSet::new));
      SortedSet<String> told =
          git.run("log", "-1", "--format=%(trailers:key=Address,valueonly)", commit)
              .lines()
              .filter(line -> !line.isBlank())
              .collect(Collectors.toCollection(TreeSet::new));
      if (!changed.equals(told)) {
        throw new AssertionError(commit + " changed " + changed + " and tells of " + told);
      }
      long date = Long.parseLong(git.run("log", "-1", "--format=%ct", commit));
      if (date > newest) {
        throw new AssertionError(commit + " is younger than the commit after it");
      }
      newest = date;
    }
  }
}
