// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unavailable;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unchanged;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a real OpenSSH server with the real git behind it.
class SshRemoteTest {

  private static final ClusterName CLUSTER = new ClusterName("lab");

  @TempDir static Path serverDirectory;
  private static SshGitServer server;

  @TempDir Path temp;
  private RemoteRepository remote;

  @BeforeAll
  static void startServer() {
    server = SshGitServer.start(serverDirectory.resolve("ed25519"), "ed25519");
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void start() {
    remote = RemoteRepository.create(temp.resolve("net.git"));
    remote.on("main").file("shared/a.yaml", "1\n").commit();
  }

  private static GitCredentials credentials() {
    return GitCredentials.ssh(server.clientKey(), server.knownHosts());
  }

  private String url() {
    return server.url(temp.resolve("net.git"));
  }

  private String shown() {
    return "ssh://127.0.0.1:" + server.port() + temp.resolve("net.git");
  }

  private GitDefinitionSource source(String url, GitCredentials credentials) {
    return new GitDefinitionSource(
        GitRemote.of(url, "main", credentials), List.of("shared"), temp.resolve("state"));
  }

  private GitLedgerStore store(String state) {
    return new GitLedgerStore(
        GitRemote.of(url(), GitLedgerStore.branch(CLUSTER), credentials()),
        BotIdentity.of(CLUSTER),
        temp.resolve(state));
  }

  private String failure(String url, GitCredentials credentials) {
    try (GitDefinitionSource source = source(url, credentials)) {
      return assertInstanceOf(Unavailable.class, source.fetch(Optional.empty()))
          .failure()
          .toString();
    }
  }

  @Test
  void aConfigBranchIsReadWithAKey() {
    try (GitDefinitionSource source = source(url(), credentials())) {
      Found found = assertInstanceOf(Found.class, source.fetch(Optional.empty()));
      assertEquals("1\n", found.files().getFirst().text());
      assertEquals(new Unchanged(), source.fetch(Optional.of(found.commit())));
    }
  }

  @Test
  void otherKindsOfKeysWorkToo() {
    for (String type : List.of("rsa", "ecdsa")) {
      try (SshGitServer other = SshGitServer.start(serverDirectory.resolve(type), type);
          GitDefinitionSource source =
              source(
                  other.url(temp.resolve("net.git")),
                  GitCredentials.ssh(other.clientKey(), other.knownHosts()))) {
        assertInstanceOf(Found.class, source.fetch(Optional.empty()), type);
      }
    }
  }

  @Test
  void theLedgerIsPushedAndASecondWriterIsRejected() {
    try (GitLedgerStore store = store("one");
        GitLedgerStore other = store("two")) {
      GitLedgerStoreTest.assertSecondWriterIsRejected(store, other);
    }
    assertEquals("", remote.git().run("fsck", "--strict"));
  }

  @Test
  void whatAHookSaysIsShownToTheOperator() throws IOException {
    hook(
        """
        #!/bin/sh
        echo 'This branch is protected: ask the network team.' >&2
        exit 1
        """);
    try (GitLedgerStore store = store("one")) {
      GitLedgerStoreTest.load(store);
      GitLedgerStoreTest.commit(store, GitLedgerStoreTest.put("10.0.3.7", "a"));
      assertEquals(
          ("GLB2011 %s: the server does not take branch allocations/lab (pre-receive hook declined:"
                  + " This branch is protected: ask the network team.). Let the bot's account push"
                  + " there: exempt the branch from that rule")
              .formatted(shown()),
          assertInstanceOf(Push.Failed.class, store.push()).failure().toString());
      Files.delete(temp.resolve("net.git/hooks/pre-receive"));
      assertEquals(new Push.Pushed(1), store.push());
    }
  }

  private void hook(String script) throws IOException {
    Path hook = temp.resolve("net.git/hooks/pre-receive");
    Files.createDirectories(hook.getParent());
    Files.writeString(hook, script);
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void aRefThatIsLockedOnTheServerIsTriedAgainLater() throws IOException {
    try (GitLedgerStore store = store("one")) {
      GitLedgerStoreTest.load(store);
      GitLedgerStoreTest.commit(store, GitLedgerStoreTest.put("10.0.3.7", "a"));
      Path lock = temp.resolve("net.git/refs/heads/allocations/lab.lock");
      Files.createDirectories(lock.getParent());
      Files.createFile(lock);
      assertEquals("GLB2012", assertInstanceOf(Push.Failed.class, store.push()).failure().code());
      Files.delete(lock);
      assertEquals(new Push.Pushed(1), store.push());
    }
  }

  @Test
  void aServerWhoseKeyIsNotKnownIsRefusedWithItsFingerprint() throws IOException {
    Path nobody = Files.writeString(temp.resolve("known_hosts"), "");
    assertEquals(
        ("GLB2007 %s: the server at [127.0.0.1]:%d offers the ssh-ed25519 key %s, which %s does not"
                + " list for it. Compare the fingerprint with the one that the server's operator"
                + " publishes; if it is theirs, add the key to the file")
            .formatted(shown(), server.port(), server.fingerprint(), nobody),
        failure(url(), GitCredentials.ssh(server.clientKey(), nobody)));
    assertEquals("", Files.readString(nobody), "nothing is ever added");
  }

  @Test
  void aServerWithAnotherKeyThanKnownIsRefused() throws IOException {
    Path wrong =
        Files.writeString(
            temp.resolve("known_hosts"),
            "[127.0.0.1]:%d %s"
                .formatted(
                    server.port(), Files.readString(Path.of(server.strangersKey() + ".pub"))));
    String failure = failure(url(), GitCredentials.ssh(server.clientKey(), wrong));
    assertTrue(failure.startsWith("GLB2007 "), failure);
  }

  @Test
  void aKeyThatTheServerDoesNotKnowIsABadCredential() {
    String failure = failure(url(), GitCredentials.ssh(server.strangersKey(), server.knownHosts()));
    assertTrue(failure.startsWith("GLB2006 " + shown()), failure);
    assertTrue(failure.contains("Check user, password or token, or key"), failure);
  }

  @Test
  void aKeyThatNobodyCanUnlockIsNamedBeforeTheServerIsAsked() throws IOException {
    for (String format : List.of("RFC4716", "PKCS8", "PEM")) {
      Path key = temp.resolve("locked-" + format);
      Tool.run(
          List.of(
              "ssh-keygen",
              "-q",
              "-t",
              "rsa",
              "-m",
              format,
              "-N",
              "canary-passphrase",
              "-f",
              key.toString()));
      GitCredentials locked = GitCredentials.ssh(key, server.knownHosts());
      String failure = failure(url(), locked);
      assertTrue(
          failure.startsWith(
              "GLB2002 %s: the private key file %s is protected by a passphrase"
                  .formatted(shown(), key)),
          failure);
      assertTrue(
          GitRemote.of(url(), "main", locked).problems().toString().contains("passphrase"), format);
      Tool.run(
          List.of(
              "ssh-keygen", "-q", "-p", "-P", "canary-passphrase", "-N", "", "-f", key.toString()));
      assertEquals(List.of(), GitRemote.of(url(), "main", locked).problems(), format);
    }
  }

  @Test
  void aPublicKeyInPlaceOfThePrivateOneIsNamed() {
    String failure =
        failure(
            url(), GitCredentials.ssh(Path.of(server.clientKey() + ".pub"), server.knownHosts()));
    assertTrue(failure.startsWith("GLB2002 "), failure);
    assertTrue(failure.contains("a public one"), failure);
  }

  @Test
  void aProxyForSshIsAMistake() {
    GitRemote remote =
        GitRemote.of(
            url(),
            "main",
            credentials()
                .with(
                    HttpAccess.PLAIN.through(
                        new ProxyChoice.Via(URI.create("http://127.0.0.1:9"), Optional.empty()))));
    assertEquals(
        List.of("GLB2002 %s: a proxy is for http and https; SSH takes none".formatted(shown())),
        remote.problems().stream().map(Object::toString).toList());
  }

  /// Let in, and then nothing more: the git behind the server hangs.
  @Test
  void aServerThatHangsAfterTheLoginMeetsTheDeadline() throws IOException {
    Path stuck = serverDirectory.resolve("stuck");
    try (SshGitServer hanging = SshGitServer.forcing(stuck, "sleep 60")) {
      GitRemote slow =
          new GitRemote(
              hanging.url(temp.resolve("net.git")),
              "main",
              GitCredentials.ssh(hanging.clientKey(), hanging.knownHosts()),
              Duration.ofMinutes(5),
              Duration.ofSeconds(3),
              Duration.ofSeconds(3));
      try (GitDefinitionSource source =
          new GitDefinitionSource(slow, List.of("."), temp.resolve("slow"))) {
        String failure =
            assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () ->
                    assertInstanceOf(Unavailable.class, source.fetch(Optional.empty()))
                        .failure()
                        .toString());
        assertTrue(failure.startsWith("GLB2009 "), failure);
      }
    }
  }

  @Test
  void aRepositoryThatIsNotThereIsNamed() {
    String failure = failure(server.url(temp.resolve("none.git")), credentials());
    assertTrue(failure.startsWith("GLB2004 "), failure);
  }

  @Test
  void aPortWhereNobodyListensIsUnreachable() throws IOException {
    String url = "ssh://git@127.0.0.1:" + SshGitServer.freePort() + "/net.git";
    String failure = failure(url, credentials());
    assertTrue(failure.startsWith("GLB2003 "), failure);
    assertTrue(failure.contains("nobody answers"), failure);
  }

  @Test
  void settingsThatSshNeedsAreAskedForBeforeAnythingIsDone() {
    GitRemote bare = GitRemote.of("git@git.example.org:team/net.git", "a..b", GitCredentials.NONE);
    assertEquals(
        List.of(
            "GLB2002 git.example.org:team/net.git needs a private key file; none is set",
            "GLB2002 git.example.org:team/net.git needs a known hosts file; none is set",
            "GLB2002 'a..b' cannot be the name of a Git branch; see git help check-ref-format"),
        bare.problems().stream().map(Object::toString).toList());
    String failure = failure(url(), GitCredentials.ssh(temp.resolve("none"), server.knownHosts()));
    assertEquals(
        "GLB2002 %s: the private key file is missing or not readable: %s"
            .formatted(shown(), temp.resolve("none")),
        failure);
  }
}
