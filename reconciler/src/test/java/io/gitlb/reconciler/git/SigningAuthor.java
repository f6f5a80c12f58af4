// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// People with signing keys who commit and push with the real git.
final class SigningAuthor {

  private static final String DATE = "2026-03-01T12:00:00Z";

  private final GitCli git;
  private final Path work;
  private String date = DATE;

  private SigningAuthor(GitCli git, Path work) {
    this.git = git;
    this.work = work;
  }

  /// A clone of a repository, which may be empty.
  static SigningAuthor clone(RemoteRepository remote, Path work) {
    Tool.run(List.of("git", "clone", "--quiet", remote.git().path().toString(), work.toString()));
    GitCli git = GitCli.in(work);
    git.run("config", "user.name", "Anna");
    git.run("config", "user.email", "anna@example.org");
    git.run("checkout", "--quiet", "-B", "main");
    return new SigningAuthor(git, work);
  }

  GitCli git() {
    return git;
  }

  /// The date of the commits from now on.
  void date(String text) {
    date = text;
  }

  /// How a commit is signed: arguments before the command.
  static List<String> ssh(Path key) {
    return List.of("-c", "gpg.format=ssh", "-c", "user.signingKey=" + key + ".pub");
  }

  static List<String> gpg(Path program, String key) {
    return List.of("-c", "gpg.program=" + program, "-c", "user.signingKey=" + key);
  }

  static List<String> unsigned() {
    return List.of();
  }

  /// Writes a file, commits, pushes; gives the commit's id.
  String commit(List<String> how, String path, String message) {
    try {
      Path file = work.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, message + "\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    git.run("add", "-A");
    return finish(how, "commit", "--quiet", "--allow-empty", "--date=" + date, "-m", message);
  }

  /// Merges another branch without fast-forward, signs the merge, pushes.
  String merge(List<String> how, String branch) {
    return finish(how, "merge", "--quiet", "--no-ff", "-m", "merge " + branch, branch);
  }

  private String finish(List<String> how, String... command) {
    List<String> arguments = new ArrayList<>(how);
    arguments.add(command[0]);
    if (!how.isEmpty()) {
      arguments.add("-S");
    }
    arguments.addAll(List.of(command).subList(1, command.length));
    git.runAt(date, arguments.toArray(new String[0]));
    push();
    return git.run("rev-parse", "HEAD");
  }

  void push() {
    git.run("push", "--quiet", "--force", "origin", "HEAD:main");
  }
}
