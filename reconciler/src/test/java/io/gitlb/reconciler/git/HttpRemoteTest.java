// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.git.HttpGitServer.Certificate;
import io.gitlb.reconciler.git.HttpGitServer.Mood;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unavailable;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unchanged;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a real smart HTTP server with TLS and passwords.
class HttpRemoteTest {

  private static final ClusterName CLUSTER = new ClusterName("lab");

  @TempDir static Path keys;
  private static Certificate certificate;

  @TempDir Path temp;
  private RemoteRepository remote;
  private HttpGitServer server;
  private Path password;

  @BeforeAll
  static void makeCertificate() {
    certificate = Certificate.make(keys, "localhost");
  }

  @BeforeEach
  void start() throws IOException {
    remote = RemoteRepository.create(temp.resolve("served/net.git"));
    remote.on("main").file("shared/a.yaml", "1\n").commit();
    server = HttpGitServer.tls(temp.resolve("served"), certificate);
    password = Files.writeString(temp.resolve("password"), HttpGitServer.PASSWORD + "\n");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private GitCredentials credentials() {
    return GitCredentials.http(HttpGitServer.USER, password).withCa(certificate.pem());
  }

  private GitDefinitionSource source(String url, GitCredentials credentials) {
    return new GitDefinitionSource(
        GitRemote.of(url, "main", credentials), List.of("shared"), temp.resolve("state"));
  }

  private String failure(String url, GitCredentials credentials) {
    try (GitDefinitionSource source = source(url, credentials)) {
      return assertInstanceOf(Unavailable.class, source.fetch(Optional.empty()))
          .failure()
          .toString();
    }
  }

  private GitLedgerStore store(String state) {
    return new GitLedgerStore(
        GitRemote.of(server.url("net.git"), GitLedgerStore.branch(CLUSTER), credentials()),
        BotIdentity.of(CLUSTER),
        temp.resolve(state));
  }

  @Test
  void aConfigBranchIsReadOverTlsWithAPassword() {
    try (GitDefinitionSource source = source(server.url("net.git"), credentials())) {
      Found found = assertInstanceOf(Found.class, source.fetch(Optional.empty()));
      assertEquals("1\n", found.files().getFirst().text());
      assertEquals(new Unchanged(), source.fetch(Optional.of(found.commit())));
      String next = remote.on("main").file("shared/a.yaml", "2\n").commit();
      assertEquals(
          next, assertInstanceOf(Found.class, source.fetch(Optional.of(found.commit()))).commit());
    }
  }

  /// Nothing new costs one question for one ref, however much else the repository has.
  @Test
  void aPollThatFindsNothingNewAsksForOneRefAndTransfersNothing() throws IOException {
    remote.on("other").file("b.yaml", "2\n").commit();
    try (GitDefinitionSource source = source(server.url("net.git"), credentials())) {
      String known = assertInstanceOf(Found.class, source.fetch(Optional.empty())).commit();
      long size = size(temp.resolve("state"));
      server.takeQuestions();
      for (int i = 0; i < 3; i++) {
        assertEquals(new Unchanged(), source.fetch(Optional.of(known)));
        List<String> questions = server.takeQuestions();
        assertEquals(1, questions.size(), questions::toString);
        // JGit asks for the name as Git's own short forms would read it too.
        assertTrue(
            questions.getFirst().matches("ls-refs \\[(([a-z/]*refs/heads/main)(, )?)+]"),
            questions::toString);
      }
      assertEquals(size, size(temp.resolve("state")), "nothing is written");
      remote.on("main").file("shared/a.yaml", "2\n").commit();
      assertInstanceOf(Found.class, source.fetch(Optional.of(known)));
      assertTrue(server.takeQuestions().contains("fetch"));
    }
  }

  private static long size(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void aPasswordThatIsRotatedInItsFileIsUsedAtOnce() throws IOException {
    Files.writeString(password, "old");
    try (GitDefinitionSource source = source(server.url("net.git"), credentials())) {
      assertInstanceOf(Unavailable.class, source.fetch(Optional.empty()));
      Files.writeString(password, HttpGitServer.PASSWORD);
      assertInstanceOf(Found.class, source.fetch(Optional.empty()));
    }
  }

  @Test
  void theLedgerIsPushedAndASecondWriterIsRejected() {
    try (GitLedgerStore store = store("one");
        GitLedgerStore other = store("two")) {
      GitLedgerStoreTest.assertSecondWriterIsRejected(store, other);
      assertEquals(1, GitLedgerStoreTest.load(other).ledger().records().size());
    }
    assertEquals("", remote.git().run("fsck", "--strict"));
  }

  @Test
  void aPushWhoseAnswerIsLostIsSettledByLookingAgain() {
    try (GitLedgerStore store = store("one")) {
      GitLedgerStoreTest.load(store);
      String head = GitLedgerStoreTest.commit(store, GitLedgerStoreTest.put("10.0.3.7", "a"));
      server.mood(Mood.LOSES_ANSWERS);
      Push lost = store.push();
      server.mood(Mood.NORMAL);
      assertFalse(lost instanceof Push.Rejected, lost::toString);
      assertInstanceOf(Push.Pushed.class, store.push());
      assertEquals(head, remote.head("allocations/lab"));
      assertEquals("1", remote.git().run("rev-list", "--count", "allocations/lab"));
    }
  }

  @Test
  void aWrongPasswordIsTriedOnceAndNamedWithoutShowingIt() throws IOException {
    Files.writeString(password, "wrong-horse");
    String failure = failure(server.url("net.git"), credentials());
    assertEquals(
        ("GLB2006 %s: the server refuses us (%s: not authorized). Check user, password or token, or"
                + " key, and what they may do with this repository")
            .formatted(server.url("net.git"), server.url("net.git")),
        failure);
    assertEquals(1, server.authorizations().size(), "every wrong try may count towards a lock-out");
  }

  @Test
  void aMissingPasswordIsARefusalToo() {
    GitCredentials none =
        new GitCredentials(
            Optional.empty(),
            Optional.empty(),
            Optional.of(certificate.pem()),
            Optional.empty(),
            Optional.empty());
    assertTrue(failure(server.url("net.git"), none).startsWith("GLB2006 "));
  }

  @Test
  void aPasswordInTheUrlWorksAndNeverShows() {
    GitCredentials none =
        new GitCredentials(
            Optional.empty(),
            Optional.empty(),
            Optional.of(certificate.pem()),
            Optional.empty(),
            Optional.empty());
    String good =
        server.url(HttpGitServer.USER + ":" + HttpGitServer.PASSWORD + "@localhost", "net.git");
    try (GitDefinitionSource source = source(good, none)) {
      assertInstanceOf(Found.class, source.fetch(Optional.empty()));
    }
    String bad = server.url(HttpGitServer.USER + ":hunter2@localhost", "net.git");
    String failure = failure(bad, none);
    assertTrue(failure.startsWith("GLB2006 "), failure);
    assertFalse(failure.contains("hunter2"), failure);
    assertFalse(failure.contains(HttpGitServer.USER), failure);
    assertFalse(GitRemote.of(bad, "main", none).toString().contains("hunter2"));
  }

  @Test
  void aServerWithoutATrustedCertificateIsNotTalkedTo() {
    String failure =
        failure(server.url("net.git"), GitCredentials.http(HttpGitServer.USER, password));
    assertTrue(failure.startsWith("GLB2008 " + server.url("net.git")), failure);
    assertTrue(failure.contains("Set the CA file"), failure);
    assertEquals(List.of(), server.authorizations());
  }

  @Test
  void aCertificateForAnotherNameIsNotTrusted() {
    String failure = failure(server.url("127.0.0.1", "net.git"), credentials());
    assertTrue(failure.startsWith("GLB2008 "), failure);
    assertEquals(List.of(), server.authorizations());
  }

  @Test
  void aPortThatSpeaksNoTlsIsNamed() {
    try (HttpGitServer plain = HttpGitServer.plain(temp.resolve("served"))) {
      String failure = failure(plain.url("net.git").replace("http:", "https:"), credentials());
      assertTrue(failure.startsWith("GLB2008 "), failure);
      assertTrue(failure.contains("Check that the port speaks https"), failure);
    }
  }

  @Test
  void aFileOfTheSettingsThatIsMissingIsNamed() {
    GitCredentials credentials =
        GitCredentials.http(HttpGitServer.USER, temp.resolve("no-password"))
            .withCa(temp.resolve("no-ca"));
    GitRemote named = GitRemote.of(server.url("net.git"), "main", credentials);
    assertEquals(
        List.of(
            "GLB2002 %s: the file %s is missing or not readable"
                .formatted(server.url("net.git"), temp.resolve("no-password")),
            "GLB2002 %s: the file %s is missing or not readable"
                .formatted(server.url("net.git"), temp.resolve("no-ca"))),
        named.problems().stream().map(Object::toString).toList());
    assertTrue(failure(server.url("net.git"), credentials).startsWith("GLB2002 "));
  }

  @Test
  void aRepositoryThatIsNotThereIsNamed() {
    String failure = failure(server.url("other.git"), credentials());
    assertTrue(failure.startsWith("GLB2004 " + server.url("other.git")), failure);
  }

  @Test
  void aWebPageIsNoRepository() {
    server.mood(Mood.WEB_PAGE);
    String failure = failure(server.url("net.git"), credentials());
    assertTrue(failure.matches("GLB20(04|10) .*"), failure);
  }

  @Test
  void aServerThatFailsOrForbidsIsToldApart() {
    server.mood(Mood.BROKEN);
    String broken = failure(server.url("net.git"), credentials());
    assertTrue(broken.startsWith("GLB2010 "), broken);
    assertTrue(broken.contains("500"), broken);
    server.mood(Mood.FORBIDS);
    String forbidden = failure(server.url("net.git"), credentials());
    assertTrue(forbidden.startsWith("GLB2006 "), forbidden);
  }

  @Test
  void aRedirectToAnotherServerGetsNoPassword() {
    try (HttpGitServer other = HttpGitServer.tls(temp.resolve("served"), certificate)) {
      server.redirectTo(other.url("").replaceAll("/$", ""));
      String failure = failure(server.url("net.git"), credentials());
      assertTrue(failure.startsWith("GLB2006 "), failure);
      assertEquals(List.of(), other.authorizations());
    }
  }

  /// The configuration is read as one account and the ledger written as another, in one repository.
  @Test
  void readingAndWritingHaveCredentialsOfTheirOwn() throws IOException {
    Path bot = Files.writeString(temp.resolve("bot"), "canary-of-the-bot");
    try (HttpGitServer forTheBot = HttpGitServer.tls(temp.resolve("served"), certificate);
        GitDefinitionSource source = source(server.url("net.git"), credentials());
        GitLedgerStore store =
            new GitLedgerStore(
                GitRemote.of(
                    forTheBot.url("net.git"),
                    GitLedgerStore.branch(CLUSTER),
                    GitCredentials.NONE.withCa(certificate.pem()).with(HttpAccess.bearer(bot))),
                BotIdentity.of(CLUSTER),
                temp.resolve("ledger"))) {
      forTheBot.expect("Bearer canary-of-the-bot");
      assertInstanceOf(Found.class, source.fetch(Optional.empty()));
      GitLedgerStoreTest.load(store);
      GitLedgerStoreTest.commit(store, GitLedgerStoreTest.put("10.0.3.7", "a"));
      assertEquals(new Push.Pushed(1), store.push());
      assertEquals(
          List.of(HttpGitServer.basic(HttpGitServer.USER, HttpGitServer.PASSWORD)),
          server.authorizations().stream().distinct().toList());
      assertEquals(
          List.of("Bearer canary-of-the-bot"),
          forTheBot.authorizations().stream().distinct().toList());
    }
  }

  @Test
  void aBearerTokenIsSentToItsServerAlone() throws IOException {
    Path token = Files.writeString(temp.resolve("token"), "canary-bearer-token\n");
    GitCredentials bearer =
        GitCredentials.NONE.withCa(certificate.pem()).with(HttpAccess.bearer(token));
    server.expect("Bearer canary-bearer-token");
    try (GitDefinitionSource source = source(server.url("net.git"), bearer)) {
      assertInstanceOf(Found.class, source.fetch(Optional.empty()));
    }
    try (HttpGitServer other = HttpGitServer.tls(temp.resolve("served"), certificate)) {
      server.redirectTo(other.url("").replaceAll("/$", ""));
      String failure = failure(server.url("net.git"), bearer);
      assertTrue(failure.startsWith("GLB2006 "), failure);
      assertEquals(List.of(), other.authorizations());
    }
  }

  @Test
  void aBearerTokenThatIsNotTakenIsABadCredential() throws IOException {
    Path token = Files.writeString(temp.resolve("token"), "canary-bearer-token");
    String failure =
        failure(
            server.url("net.git"),
            GitCredentials.NONE.withCa(certificate.pem()).with(HttpAccess.bearer(token)));
    assertTrue(failure.startsWith("GLB2006 "), failure);
    assertFalse(failure.contains("canary"), failure);
  }

  @Test
  void severalWaysToLogInExcludeEachOther() throws IOException {
    Path token = Files.writeString(temp.resolve("token"), "t");
    GitRemote both =
        GitRemote.of(server.url("net.git"), "main", credentials().with(HttpAccess.bearer(token)));
    assertEquals(
        List.of(
            "GLB2002 %s: a password, a bearer token and a GitHub App exclude each other; keep one"
                .formatted(server.url("net.git"))),
        both.problems().stream().map(Object::toString).toList());
  }

  @Test
  void aPortWhereNobodyListensIsUnreachable() throws IOException {
    int port = SshGitServer.freePort();
    String url = "https://localhost:" + port + "/net.git";
    String failure = failure(url, credentials());
    assertTrue(failure.startsWith("GLB2003 " + url + ": nobody answers"), failure);
  }

  @Test
  void plainHttpWorksWithoutACertificate() {
    try (HttpGitServer plain = HttpGitServer.plain(temp.resolve("served"));
        GitDefinitionSource source =
            source(plain.url("net.git"), GitCredentials.http(HttpGitServer.USER, password))) {
      assertInstanceOf(Found.class, source.fetch(Optional.empty()));
    }
  }
}
