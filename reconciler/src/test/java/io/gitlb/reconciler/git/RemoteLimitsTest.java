// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.git.SilentServer.Manner;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unavailable;
import io.gitlb.reconciler.loop.LedgerStore;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Remotes that never come to an end, and commits that are too much.
class RemoteLimitsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofMinutes(5);

  /// Well above the limits set here, well below those of a patient library.
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @TempDir Path temp;

  private String failure(String url, Duration silence, Duration deadline) throws IOException {
    GitCredentials credentials =
        GitCredentials.ssh(
            Files.writeString(
                temp.resolve("key"), Files.readString(SshKeys.in(temp.resolve("keys")))),
            Files.writeString(temp.resolve("known"), ""));
    return failure(new GitRemote(url, "main", credentials, silence, deadline, deadline));
  }

  private String failure(GitRemote remote) {
    try (GitDefinitionSource source =
        new GitDefinitionSource(remote, List.of("."), temp.resolve("state"))) {
      return assertTimeoutPreemptively(
          PATIENCE,
          () ->
              assertInstanceOf(Unavailable.class, source.fetch(Optional.empty()))
                  .failure()
                  .toString());
    }
  }

  @Test
  void aRemoteThatSaysNothingIsGivenUp() throws IOException {
    try (SilentServer server = SilentServer.start(Manner.SAYS_NOTHING)) {
      String url = "http://localhost:" + server.port() + "/net.git";
      assertEquals(
          "GLB2009 %s: the remote fell silent. It may be overloaded, or something on the way drops packets"
              .formatted(url),
          failure(url, SECOND, LONG));
    }
  }

  @Test
  void anSshServerThatSaysNothingMeetsTheDeadline() throws IOException {
    try (SilentServer server = SilentServer.start(Manner.SAYS_NOTHING)) {
      String failure = failure("ssh://git@127.0.0.1:" + server.port() + "/net.git", LONG, SECOND);
      assertTrue(failure.startsWith("GLB2009 "), failure);
    }
  }

  @Test
  void aRemoteThatIsNeverSilentAndNeverDoneMeetsTheDeadline() throws IOException {
    try (SilentServer server = SilentServer.start(Manner.DRIPS)) {
      String url = "http://localhost:" + server.port() + "/net.git";
      assertEquals(
          "GLB2009 %s: no result within 1 s. It may be overloaded, or something on the way drops packets"
              .formatted(url),
          failure(url, LONG, SECOND));
    }
  }

  @Test
  void aTlsHandshakeThatHangsIsGivenUp() throws IOException {
    try (SilentServer server = SilentServer.start(Manner.SAYS_NOTHING)) {
      String url = "https://localhost:" + server.port() + "/net.git";
      String silent = failure(url, SECOND, LONG);
      assertTrue(silent.startsWith("GLB2009 "), silent);
      String late = failure(url, LONG, SECOND);
      assertTrue(late.startsWith("GLB2009 "), late);
    }
  }

  @Test
  void anSshServerThatNeverEndsItsGreetingMeetsTheDeadline() throws IOException {
    try (SilentServer server = SilentServer.start(Manner.DRIPS)) {
      String failure = failure("ssh://git@127.0.0.1:" + server.port() + "/net.git", LONG, SECOND);
      assertTrue(failure.matches("GLB20(09|10) .*"), failure);
    }
  }

  @Test
  void aProxyThatSaysNothingMeetsTheDeadline() throws IOException {
    for (Manner manner : Manner.values()) {
      try (SilentServer server = SilentServer.start(manner)) {
        GitRemote remote =
            new GitRemote(
                "https://git.example.org/net.git",
                "main",
                GitCredentials.NONE.with(
                    HttpAccess.PLAIN.through(
                        new ProxyChoice.Via(
                            URI.create("http://127.0.0.1:" + server.port()), Optional.empty()))),
                LONG,
                SECOND,
                SECOND);
        String failure = failure(remote);
        assertTrue(failure.startsWith("GLB2009 "), failure);
      }
    }
  }

  /// The ledger's loading and pushing end too; what was committed stays for the next try.
  @Test
  void aLedgerWhoseRemoteHangsIsLoadedFromTheLocalCopy() throws IOException {
    RemoteRepository remote = RemoteRepository.create(temp.resolve("ledger-remote.git"));
    ClusterName cluster = new ClusterName("lab");
    String branch = GitLedgerStore.branch(cluster);
    try (GitLedgerStore store =
        new GitLedgerStore(
            GitRemote.of(remote.url(), branch, GitCredentials.NONE),
            BotIdentity.of(cluster),
            temp.resolve("ledger"))) {
      GitLedgerStoreTest.load(store);
      GitLedgerStoreTest.commit(store, GitLedgerStoreTest.put("10.0.3.7", "a"));
    }
    try (SilentServer server = SilentServer.start(Manner.DRIPS);
        GitLedgerStore store =
            new GitLedgerStore(
                new GitRemote(
                    "http://localhost:" + server.port() + "/net.git",
                    branch,
                    GitCredentials.NONE,
                    LONG,
                    SECOND,
                    SECOND),
                BotIdentity.of(cluster),
                temp.resolve("ledger"))) {
      assertTimeoutPreemptively(
          PATIENCE,
          () -> {
            assertEquals(1, GitLedgerStoreTest.load(store).ledger().records().size());
            assertInstanceOf(LedgerStore.Push.Failed.class, store.push());
          });
    }
  }

  @Test
  void aFileOfFiftyMegabytesIsRefusedBeforeItIsLoaded() {
    RemoteRepository remote = RemoteRepository.create(temp.resolve("remote.git"));
    remote
        .on("main")
        .file("shared/big.yaml", new byte[50 * 1024 * 1024])
        .file("shared/big.png", new byte[1024 * 1024])
        .commit();
    assertEquals(
        List.of(
            "shared/big.yaml: GLB1001 52428800 bytes; a file of definitions may have 262144 (256"
                + " KiB). Split it, or give it another ending if it is none"),
        problems(remote));
  }

  @Test
  void directoriesThatUnfoldToBillionsAreCutOff() {
    RemoteRepository remote = RemoteRepository.create(temp.resolve("remote.git"));
    remote.on("main").file("x.yaml", "a\n").commit();
    String blob = remote.git().run("rev-parse", "main:x.yaml");
    String tree =
        remote
            .git()
            .run(("100644 blob " + blob + "\tx.yaml").getBytes(StandardCharsets.UTF_8), "mktree");
    for (int level = 0; level < 10; level++) {
      StringBuilder entries = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        entries.append("040000 tree ").append(tree).append("\td").append(i).append('\n');
      }
      tree = remote.git().run(entries.toString().getBytes(StandardCharsets.UTF_8), "mktree");
    }
    remote.git().run("update-ref", "refs/heads/main", commitTree(remote, tree));
    List<String> problems = assertTimeoutPreemptively(PATIENCE, () -> problems(remote));
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems.getFirst().contains("more than 100000 files and directories"), problems::toString);
  }

  private static String commitTree(RemoteRepository remote, String tree) {
    return remote
        .git()
        .run(
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@example.org",
            "commit-tree",
            "-m",
            "change",
            tree);
  }

  private List<String> problems(RemoteRepository remote) {
    try (GitDefinitionSource source =
        new GitDefinitionSource(
            GitRemote.of(remote.url(), "main", GitCredentials.NONE),
            List.of("."),
            temp.resolve("state"))) {
      return assertInstanceOf(Found.class, source.fetch(Optional.empty())).problems().stream()
          .map(Object::toString)
          .toList();
    }
  }

  /// A home full of traps: were one of them read, the fetch would go elsewhere or fail.
  @Test
  void whatLiesInTheHomeAndTheEnvironmentChangesNothing() throws IOException {
    RemoteRepository remote = RemoteRepository.create(temp.resolve("remote.git"));
    remote.on("main").file("a.yaml", "a\n").commit();
    Path home = Files.createDirectories(temp.resolve("home"));
    String config =
        """
        [url "file:///nonexistent/"]
          insteadOf = file:///
          insteadOf = /
        [core]
          hooksPath = /nonexistent
        [protocol]
          version = 99
        """;
    Files.writeString(home.resolve(".gitconfig"), config);
    Files.writeString(home.resolve(".jgitconfig"), config);
    Path state = temp.resolve("state-of-child");
    ProcessBuilder builder =
        new ProcessBuilder(
            Tool.ofJdk("java"),
            "-Duser.home=" + home,
            "-cp",
            ChildJava.classPath(),
            FetchOnce.class.getName(),
            remote.git().path().toString(),
            state.toString());
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME",
                home.toString(),
                "XDG_CONFIG_HOME",
                home.toString(),
                "GIT_SSH",
                "/nonexistent",
                "GIT_DIR",
                "/nonexistent"));

    assertEquals("a.yaml", lastLine(builder));

    try (Stream<Path> files = Files.walk(home)) {
      assertEquals(
          List.of(".gitconfig", ".jgitconfig"),
          files
              .filter(Files::isRegularFile)
              .map(file -> home.relativize(file).toString())
              .sorted()
              .toList(),
          "nothing is written there");
    }
  }

  private static String lastLine(ProcessBuilder builder) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .reduce((_, last) -> last)
        .orElse("");
  }
}
