// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.gitlb.reconciler.git.HttpGitServer.Certificate;
import io.gitlb.reconciler.git.HttpGitServer.Mood;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A canary in every kind of credential, every failure provoked, the log at its most talkative: no
/// canary in anything that comes out.
class SecretsStaySecretTest {

  private static final ClusterName CLUSTER = new ClusterName("lab");
  private static final String PASSWORD = "canary-password";
  private static final String TOKEN = "canary-bearer";
  private static final String IN_URL = "canary-in-url";
  private static final String PROXY = "canary-proxy";
  private static final String APP_TOKEN = "ghs_canaryapp";

  @TempDir Path temp;
  private final List<String> said = new ArrayList<>();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final List<Appender<ILoggingEvent>> others = new ArrayList<>();
  private Level before = Level.INFO;
  private Certificate certificate;
  private HttpGitServer server;
  private WireMockServer api;
  private Path password;
  private Path token;
  private Path appKey;
  private int states;

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @BeforeEach
  void start() throws Exception {
    certificate = Certificate.make(temp, "localhost");
    RemoteRepository.create(temp.resolve("served/net.git"))
        .on("main")
        .file("a.yaml", "1\n")
        .commit();
    server = HttpGitServer.tls(temp.resolve("served"), certificate);
    api =
        new WireMockServer(WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());
    api.start();
    password = Files.writeString(temp.resolve("password"), PASSWORD);
    token = Files.writeString(temp.resolve("token"), TOKEN);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    appKey =
        Files.writeString(
            temp.resolve("app.pem"),
            GithubAppTest.pem(
                "PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded()));
    before = root().getLevel();
    // The console would get megabytes.
    root().iteratorForAppenders().forEachRemaining(others::add);
    others.forEach(root()::detachAppender);
    logged.start();
    root().addAppender(logged);
    root().setLevel(Level.TRACE);
  }

  @AfterEach
  void stop() {
    root().setLevel(before);
    root().detachAppender(logged);
    others.forEach(root()::addAppender);
    api.stop();
    server.close();
  }

  /// Every way to log in, to one URL.
  private List<GitRemote> everyWay(String url) {
    GitCredentials plain = GitCredentials.NONE.withCa(certificate.pem());
    GithubApp app = new GithubApp("1", "2", appKey, URI.create(api.baseUrl()));
    String withPassword = url.replace("://", "://ops:" + IN_URL + "@");
    return Stream.of(
            remote(url, GitCredentials.http("ops", password).withCa(certificate.pem())),
            remote(url, plain.with(HttpAccess.bearer(token))),
            remote(withPassword, plain),
            remote(url, plain.with(HttpAccess.app(app))))
        .toList();
  }

  private static GitRemote remote(String url, GitCredentials credentials) {
    Duration limit = Duration.ofSeconds(2);
    return new GitRemote(url, "main", credentials, Duration.ofSeconds(1), limit, limit);
  }

  private static GitRemote impatient(GitRemote remote) {
    Duration limit = Duration.ofSeconds(1);
    return new GitRemote(remote.url(), remote.branch(), remote.credentials(), limit, limit, limit);
  }

  /// Does everything that can be done with a remote, and keeps what is said about it.
  private void provoke(GitRemote remote) {
    Path state = temp.resolve("state" + states++);
    said.add(remote.toString());
    said.add(remote.credentials().toString());
    said.add(RemoteUrl.parse(remote.url()).toString());
    remote.problems().forEach(problem -> said.add(problem.toString()));
    try (GitDefinitionSource source = new GitDefinitionSource(remote, List.of("."), state);
        GitLedgerStore store = new GitLedgerStore(remote, BotIdentity.of(CLUSTER), state)) {
      ConfigFetch fetched = source.fetch(Optional.empty());
      said.add(fetched.toString());
      said.add(store.load().toString());
      said.add(store.push().toString());
    }
    RemoteAccess access = new RemoteAccess(remote);
    try (Mirror mirror = new Mirror(temp.resolve("raw" + states), remote.ref())) {
      access.converse(mirror.repository(), remote.deadline(), transport -> transport.openFetch());
    } catch (Exception e) {
      for (Throwable link :
          Stream.iterate((Throwable) e, t -> t != null, Throwable::getCause).toList()) {
        said.add(link.toString());
      }
      said.add(access.failure(e).toString());
    } finally {
      access.close();
    }
  }

  @Test
  void noSecretIsInAnythingThatComesOut() throws IOException {
    String url = server.url("net.git");
    api.stubFor(
        any(anyUrl())
            .willReturn(aResponse().withStatus(201).withBody("{\"token\":\"" + APP_TOKEN + "\"}")));
    everyWay(url).forEach(this::provoke);
    for (Mood mood : List.of(Mood.BROKEN, Mood.FORBIDS, Mood.WEB_PAGE)) {
      server.mood(mood);
      server.expect(HttpGitServer.basic("ops", PASSWORD));
      everyWay(url).forEach(this::provoke);
    }
    server.mood(Mood.NORMAL);
    everyWay(server.url("none.git")).forEach(this::provoke);
    everyWay(server.url("127.0.0.1", "net.git")).forEach(this::provoke);
    everyWay(url.replace("https:", "http:")).forEach(this::provoke);
    everyWay("https://localhost:" + SshGitServer.freePort() + "/net.git").forEach(this::provoke);
    everyWay("https://nowhere.invalid/net.git").forEach(this::provoke);
    try (SilentServer silent = SilentServer.start(SilentServer.Manner.DRIPS)) {
      provoke(impatient(everyWay("http://localhost:" + silent.port() + "/net.git").getFirst()));
    }
    try (HttpGitServer other = HttpGitServer.tls(temp.resolve("served"), certificate)) {
      server.redirectTo(other.url("").replaceAll("/$", ""));
      everyWay(url).forEach(this::provoke);
    }
    noneOf(PASSWORD, TOKEN, IN_URL, APP_TOKEN);
  }

  @Test
  void noSecretOfAnAppIsInAnythingThatComesOut() throws IOException {
    GitRemote app = everyWay(server.url("net.git")).getLast();
    for (int status : List.of(201, 401, 403, 404, 302, 500)) {
      api.stubFor(
          any(anyUrl()).willReturn(aResponse().withStatus(status).withBody(APP_TOKEN + " echoed")));
      provoke(app);
    }
    api.stop();
    provoke(app);
    String key = Files.readString(appKey).lines().skip(1).findFirst().orElseThrow();
    noneOf(APP_TOKEN, key, "eyJhbGci");
  }

  @Test
  void noSecretForAProxyIsInAnythingThatComesOut() throws IOException {
    Path login = Files.writeString(temp.resolve("login"), "ops:" + PROXY);
    String url = server.url("net.git");
    try (TestProxy strict = TestProxy.withLogin("ops", "another")) {
      for (ProxyChoice choice :
          List.of(
              new ProxyChoice.Via(strict.url(), Optional.of(login)),
              new ProxyChoice.Via(URI.create("http://127.0.0.1:9"), Optional.of(login)),
              environment("http://ops:" + PROXY + "@127.0.0.1:" + strict.port()),
              environment("http://ops:" + PROXY + "@127.0.0.1:9"),
              environment("socks5://ops:" + PROXY + "@127.0.0.1:9"),
              environment("ops:" + PROXY + "@:x:"))) {
        provoke(
            remote(
                url,
                GitCredentials.NONE
                    .withCa(certificate.pem())
                    .with(HttpAccess.PLAIN.through(choice))));
      }
    }
    noneOf(PROXY);
  }

  private static ProxyChoice environment(String value) {
    return new ProxyChoice.FromEnvironment(Map.of("HTTPS_PROXY", value));
  }

  @Test
  void noPrivateKeyIsInAnythingThatComesOut() throws IOException {
    Path key = SshKeys.in(temp.resolve("keys"));
    try (SshGitServer ssh = SshGitServer.start(temp.resolve("ssh"), "ed25519")) {
      for (Path known : List.of(ssh.knownHosts(), Files.writeString(temp.resolve("none"), ""))) {
        provoke(remote(ssh.url(temp.resolve("served/net.git")), GitCredentials.ssh(key, known)));
      }
    }
    String line = Files.readString(key).lines().skip(2).findFirst().orElseThrow();
    noneOf(line);
  }

  private void noneOf(String... secrets) {
    List<ILoggingEvent> events;
    // Appending takes the same lock; threads of the servers may still be at it.
    synchronized (logged) {
      events = List.copyOf(logged.list);
    }
    // What the servers of the test say about what they got is theirs.
    Stream<String> lines =
        events.stream()
            .filter(event -> !event.getLoggerName().matches("org\\.eclipse\\.jetty.*|wiremock.*"))
            .map(
                event ->
                    event.getLoggerName()
                        + " "
                        + event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                            ? ""
                            : ThrowableProxyUtil.asString(event.getThrowableProxy())));
    List<String> everything = Stream.concat(said.stream(), lines).toList();
    assertTrue(said.stream().anyMatch(line -> line.contains("GLB20")), "something went wrong");
    for (String secret : secrets) {
      for (String form : List.of(secret, base64("ops:" + secret), base64(secret))) {
        for (String line : everything) {
          assertFalse(line.contains(form), () -> secret + " in: " + line);
        }
      }
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
