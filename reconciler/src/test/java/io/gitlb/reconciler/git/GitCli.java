// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The git command, run in one repository without any configuration but its own. It judges what was
/// written without it.
public final class GitCli {

  private final Path repository;

  private GitCli(Path repository) {
    this.repository = repository;
  }

  public static GitCli in(Path repository) {
    return new GitCli(repository);
  }

  /// A new bare repository.
  public static GitCli bare(Path repository) {
    try {
      Files.createDirectories(repository);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    GitCli git = new GitCli(repository);
    git.run("init", "--quiet", "--bare", "--initial-branch=main");
    return git;
  }

  public Path path() {
    return repository;
  }

  /// Runs it and gives what it printed, without white space around it.
  public String run(String... arguments) {
    return run(new byte[0], arguments);
  }

  /// The same at another time.
  String runAt(String committerDate, String... arguments) {
    return run(new byte[0], List.of("GIT_COMMITTER_DATE=" + committerDate), arguments);
  }

  /// The same with something on its standard input.
  public String run(byte[] input, String... arguments) {
    return run(input, List.of(), arguments);
  }

  private String run(byte[] input, List<String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(repository.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    builder.environment().put("LC_ALL", "C");
    for (String variable : environment) {
      String[] parts = variable.split("=", 2);
      builder.environment().put(parts[0], parts[1]);
    }
    try {
      Path errors = Files.createTempFile("git", ".err");
      Process process = builder.redirectError(errors.toFile()).start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input);
      }
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int exit = process.waitFor();
      String complaint = Files.readString(errors);
      Files.delete(errors);
      if (exit != 0) {
        throw new AssertionError(
            "%s ended with %d: %s %s".formatted(command, exit, output, complaint));
      }
      return output;
    } catch (IOException e) {
      throw new AssertionError("cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
