// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lies around on a machine changes nothing, and nothing but the state directory is written.
class IsolationTest {

  @TempDir Path temp;
  private RemoteRepository remote;
  private Path state;

  @BeforeEach
  void start() throws IOException {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
    remote.on("main").file("a.yaml", "a\n").commit();
    state = Files.createDirectories(temp.resolve("state"));
  }

  private List<String> java(String... options) {
    List<String> command = new ArrayList<>(List.of(Tool.ofJdk("java")));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            ChildJava.classPath(),
            PushOnce.class.getName(),
            remote.git().path().toString(),
            state.toString()));
    return command;
  }

  private static String run(ProcessBuilder builder) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private void pushed(String output) {
    List<String> lines = output.lines().toList();
    assertTrue(lines.contains("a.yaml"), output);
    assertTrue(lines.getLast().startsWith("Pushed[commits=1"), output);
    assertEquals("1", remote.git().run("rev-list", "--count", "allocations/lab"));
  }

  /// Everywhere that Git or JGit would look for hooks and settings.
  @Test
  void noHookRunsAndNoSettingCounts() throws IOException {
    Path ran = temp.resolve("a-hook-ran");
    Path hooks = Files.createDirectories(temp.resolve("hooks"));
    Path own = Files.createDirectories(state.resolve("ledger.git/hooks"));
    for (String name :
        List.of("pre-push", "pre-commit", "post-commit", "commit-msg", "reference-transaction")) {
      for (Path directory : List.of(hooks, own)) {
        Path hook =
            Files.writeString(directory.resolve(name), "#!/bin/sh\ntouch " + ran + "\nexit 1\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
    Path home = Files.createDirectories(temp.resolve("home"));
    Path config =
        Files.writeString(
            home.resolve(".gitconfig"),
            """
            [core]
              hooksPath = %s
              fsyncObjectFiles = false
            [url "file:///nonexistent/"]
              insteadOf = /
            [http]
              proxy = http://127.0.0.1:9
            [commit]
              gpgSign = true
            [push]
              default = nothing
            """
                .formatted(hooks));
    ProcessBuilder builder = new ProcessBuilder(java("-Duser.home=" + home));
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME", home.toString(),
                "GIT_CONFIG", config.toString(),
                "GIT_CONFIG_GLOBAL", config.toString(),
                "GIT_CONFIG_SYSTEM", config.toString(),
                "GIT_CONFIG_COUNT", "1",
                "GIT_CONFIG_KEY_0", "core.hooksPath",
                "GIT_CONFIG_VALUE_0", hooks.toString(),
                "GIT_AUTHOR_NAME", "somebody-else",
                "GIT_OBJECT_DIRECTORY", "/nonexistent"));

    pushed(run(builder));

    assertFalse(Files.exists(ran));
    assertEquals("gitlb", remote.git().run("log", "-1", "--format=%an", "allocations/lab"));
  }

  /// As in a container: no home, everything read-only, /tmp too, but the state directory.
  @Test
  void nothingButTheStateDirectoryHasToBeWritable() throws IOException {
    assumeTrue(mayRemount(), "needs root to make a read-only file system");
    String script =
        "mount --make-rprivate / && mount --bind \"$1\" \"$1\" && mount --bind \"$2\" \"$2\""
            + " && mount -o remount,bind,ro / && cd / && shift 2 && exec \"$@\"";
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "-m",
                "sh",
                "-c",
                script,
                "sh",
                state.toString(),
                // The remote is a part of the network that happens to be here.
                remote.git().path().toString()));
    command.addAll(java("-Duser.home=/nonexistent", "-Djava.io.tmpdir=/nonexistent"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));

    pushed(run(builder));
  }

  private static boolean mayRemount() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "unshare", "-m", "sh", "-c", "mount --make-rprivate / && mount -o remount,bind,ro /");
    try {
      Process process = builder.redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
