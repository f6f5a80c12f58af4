// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.git.HttpGitServer.Certificate;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unavailable;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// By way of an HTTP proxy.
class ProxyTest {

  private static final ClusterName CLUSTER = new ClusterName("lab");

  @TempDir static Path keys;
  private static Certificate certificate;

  @TempDir Path temp;
  private HttpGitServer server;
  private Path password;
  private Path login;

  @BeforeAll
  static void makeCertificate() {
    certificate = Certificate.make(keys, "localhost");
  }

  @BeforeEach
  void start() throws IOException {
    RemoteRepository remote = RemoteRepository.create(temp.resolve("served/net.git"));
    remote.on("main").file("a.yaml", "1\n").commit();
    server = HttpGitServer.tls(temp.resolve("served"), certificate);
    password = Files.writeString(temp.resolve("password"), HttpGitServer.PASSWORD);
    login = Files.writeString(temp.resolve("login"), "ops:canary:proxy-password\n");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private GitCredentials by(ProxyChoice proxy) {
    return GitCredentials.http(HttpGitServer.USER, password)
        .withCa(certificate.pem())
        .with(HttpAccess.PLAIN.through(proxy));
  }

  private Object fetch(String url, ProxyChoice proxy) {
    try (GitDefinitionSource source =
        new GitDefinitionSource(
            GitRemote.of(url, "main", by(proxy)), List.of("."), temp.resolve("state"))) {
      return source.fetch(Optional.empty());
    }
  }

  private String failure(ProxyChoice proxy) {
    String failure =
        assertInstanceOf(Unavailable.class, fetch(server.url("net.git"), proxy))
            .failure()
            .toString();
    assertFalse(failure.contains("canary"), failure);
    return failure;
  }

  private String target() {
    return URI.create(server.url("net.git")).getAuthority();
  }

  @Test
  void httpsGoesThroughATunnelWithALogin() throws IOException {
    try (TestProxy proxy = TestProxy.withLogin("ops", "canary:proxy-password")) {
      ProxyChoice by = new ProxyChoice.Via(proxy.url(), Optional.of(login));
      assertInstanceOf(Found.class, fetch(server.url("net.git"), by));
      assertTrue(proxy.requests().contains("CONNECT " + target()), proxy.requests()::toString);
      try (GitLedgerStore store =
          new GitLedgerStore(
              GitRemote.of(server.url("net.git"), GitLedgerStore.branch(CLUSTER), by(by)),
              BotIdentity.of(CLUSTER),
              temp.resolve("ledger"))) {
        GitLedgerStoreTest.load(store);
        GitLedgerStoreTest.commit(store, GitLedgerStoreTest.put("10.0.3.7", "a"));
        assertEquals(new Push.Pushed(1), store.push());
      }
    }
  }

  @Test
  void httpGoesThroughAProxyWithALogin() {
    try (TestProxy proxy = TestProxy.withLogin("ops", "canary:proxy-password");
        HttpGitServer plain = HttpGitServer.plain(temp.resolve("served"))) {
      ProxyChoice by = new ProxyChoice.Via(proxy.url(), Optional.of(login));
      assertInstanceOf(Found.class, fetch(plain.url("net.git"), by));
      assertTrue(
          proxy.requests().getFirst().startsWith("GET " + plain.url("net.git")),
          proxy.requests()::toString);
    }
  }

  @Test
  void aProxyThatWantsAnotherLoginIsNamed() throws IOException {
    try (TestProxy proxy = TestProxy.withLogin("ops", "changed")) {
      String failure = failure(new ProxyChoice.Via(proxy.url(), Optional.of(login)));
      assertTrue(failure.startsWith("GLB2040 " + server.url("net.git") + " by the proxy"), failure);
      assertTrue(failure.contains("127.0.0.1:" + proxy.port()), failure);
      Files.writeString(login, "ops:changed");
      assertInstanceOf(
          Found.class,
          fetch(server.url("net.git"), new ProxyChoice.Via(proxy.url(), Optional.of(login))));
    }
  }

  @Test
  void aProxyThatWantsALoginAndGetsNoneIsNamed() {
    try (TestProxy proxy = TestProxy.withLogin("ops", "x")) {
      String failure = failure(new ProxyChoice.Via(proxy.url(), Optional.empty()));
      assertTrue(failure.startsWith("GLB2040 "), failure);
    }
    try (TestProxy proxy = TestProxy.withLogin("ops", "x");
        HttpGitServer plain = HttpGitServer.plain(temp.resolve("served"))) {
      Unavailable refused =
          assertInstanceOf(
              Unavailable.class,
              fetch(plain.url("net.git"), new ProxyChoice.Via(proxy.url(), Optional.empty())));
      assertTrue(refused.failure().toString().startsWith("GLB2040 "), refused::toString);
    }
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws IOException {
    int port = SshGitServer.freePort();
    String failure =
        failure(new ProxyChoice.Via(URI.create("http://127.0.0.1:" + port), Optional.empty()));
    assertTrue(failure.startsWith("GLB2003 "), failure);
    assertTrue(failure.contains(" by the proxy 127.0.0.1:" + port), failure);
  }

  @Test
  void aLoginFileIsChecked() throws IOException {
    Files.writeString(login, "canary-without-colon");
    ProxyChoice by = new ProxyChoice.Via(URI.create("http://127.0.0.1:9"), Optional.of(login));
    assertEquals(
        "GLB2002 the proxy's login file %s holds no user:password".formatted(login), failure(by));
    List<String> problems =
        GitRemote.of(server.url("net.git"), "main", by(by)).problems().stream()
            .map(Object::toString)
            .toList();
    assertEquals(1, problems.size(), problems::toString);
  }

  @Test
  void theEnvironmentNamesAProxyAndItsLogin() {
    try (TestProxy proxy = TestProxy.withLogin("ops", "canary:proxy-password")) {
      ProxyChoice environment =
          new ProxyChoice.FromEnvironment(
              Map.of(
                  "HTTPS_PROXY",
                  "http://ops:canary%3Aproxy-password@127.0.0.1:" + proxy.port(),
                  "HTTP_PROXY",
                  "http://127.0.0.1:9"));
      assertInstanceOf(Found.class, fetch(server.url("net.git"), environment));
      assertFalse(proxy.requests().isEmpty());
      assertFalse(environment.toString().contains("canary"), environment::toString);
    }
  }

  @Test
  void hostsThatAreExceptedAreTalkedToDirectly() {
    ProxyChoice environment =
        new ProxyChoice.FromEnvironment(
            Map.of("HTTPS_PROXY", "127.0.0.1:9", "NO_PROXY", "example.org, localhost"));
    assertInstanceOf(Found.class, fetch(server.url("net.git"), environment));
    assertInstanceOf(Found.class, fetch(server.url("net.git"), new ProxyChoice.Direct()));
  }

  @Test
  void whatTheEnvironmentSaysWrongIsToldWithoutShowingIt() {
    for (String wrong :
        List.of("socks5://canary:x@127.0.0.1:9", "http://canary:a b@[", "https://h")) {
      String failure = failure(new ProxyChoice.FromEnvironment(Map.of("HTTPS_PROXY", wrong)));
      assertTrue(failure.startsWith("GLB2002 HTTPS_PROXY in the environment "), failure);
    }
  }

  @Test
  void exceptionsAreReadAsOtherProgramsDo() {
    assertTrue(excepted("example.org", "https://example.org/x"));
    assertTrue(excepted("example.org", "https://git.example.org/x"));
    assertTrue(excepted(".example.org", "https://example.org/x"));
    assertTrue(excepted("*.example.org", "https://git.example.org/x"));
    assertTrue(excepted("EXAMPLE.org", "https://example.ORG/x"));
    assertTrue(excepted("*", "https://anything.test/x"));
    assertTrue(excepted("192.0.2.7", "https://192.0.2.7/x"));
    assertTrue(excepted("192.0.2.0/24", "https://192.0.2.7/x"));
    assertTrue(excepted("2001:db8::/32", "https://[2001:db8::1]:8443/x"));
    assertTrue(excepted("[2001:db8::1]:8443", "https://[2001:db8::1]:8443/x"));
    assertTrue(excepted("example.org:8443", "https://example.org:8443/x"));
    assertTrue(excepted("example.org:443", "https://example.org/x"));
    assertFalse(excepted("example.org:8443", "https://example.org/x"));
    assertFalse(excepted("example.org", "https://badexample.org/x"));
    assertFalse(excepted("2.7", "https://192.0.2.7/x"));
    assertFalse(excepted("", "https://example.org/x"));
    assertFalse(excepted("192.0.3.0/24,2001:db8::/32", "https://192.0.2.7/x"));
  }

  private static boolean excepted(String list, String url) {
    try {
      return ProxyRoute.of(
              new ProxyChoice.FromEnvironment(
                  Map.of("ALL_PROXY", "http://proxy.test:3128", "NO_PROXY", list)),
              URI.create(url))
          .isEmpty();
    } catch (GitProblemException e) {
      throw new AssertionError(e);
    }
  }
}
