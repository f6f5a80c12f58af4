// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unavailable;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unchanged;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// As an App of GitHub, whose token endpoint WireMock plays.
class GithubAppTest {

  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String ENDPOINT = "/app/installations/4711/access_tokens";

  /// Octets of a PKCS #8 RSA key of 2,048 bits before the PKCS #1 key in it.
  private static final int PKCS8_HEAD = 26;

  private static KeyPair pair;

  @TempDir Path temp;
  private WireMockServer api;
  private HttpGitServer server;
  private Path key;
  private String apiUrl = "";

  @BeforeAll
  static void makeKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    pair = generator.generateKeyPair();
  }

  @BeforeEach
  void start() throws IOException {
    RemoteRepository remote = RemoteRepository.create(temp.resolve("served/net.git"));
    remote.on("main").file("a.yaml", "1\n").commit();
    server = HttpGitServer.plain(temp.resolve("served"));
    key = temp.resolve("app.pem");
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    // As GitHub gives it.
    Files.writeString(
        key, pem("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, PKCS8_HEAD, pkcs8.length)));
    api =
        new WireMockServer(WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());
    api.start();
    apiUrl = api.baseUrl();
  }

  @AfterEach
  void stop() {
    api.stop();
    server.close();
  }

  static String pem(String type, byte[] der) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
  }

  private GithubApp app() {
    return new GithubApp("123456", "4711", key, URI.create(apiUrl + "/"));
  }

  private void gives(String token) {
    answers(
        201,
        """
        {"permissions":{"contents":"write","token":"no"},"token":"%s",
        "expires_at":"2026-05-01T13:00:00Z","repository_selection":"selected"}"""
            .formatted(token));
  }

  private void answers(int status, String body) {
    api.stubFor(
        post(urlEqualTo(ENDPOINT)).willReturn(aResponse().withStatus(status).withBody(body)));
  }

  private int asked() {
    return api.findAll(postRequestedFor(anyUrl())).size();
  }

  private GitDefinitionSource source(GithubApp app) {
    return new GitDefinitionSource(
        GitRemote.of(server.url("net.git"), "main", GitCredentials.NONE.with(HttpAccess.app(app))),
        List.of("."),
        temp.resolve("state"));
  }

  private String failure() {
    try (GitDefinitionSource source = source(app())) {
      String failure =
          assertTimeoutPreemptively(
              LIMIT,
              () ->
                  assertInstanceOf(Unavailable.class, source.fetch(Optional.empty()))
                      .failure()
                      .toString());
      assertFalse(failure.contains("canary"), failure);
      assertFalse(failure.contains("eyJ"), failure);
      return failure;
    }
  }

  @Test
  void theRepositoryIsReadWithATokenOfTheInstallation() {
    gives("ghs_canary1");
    server.expect(HttpGitServer.basic("x-access-token", "ghs_canary1"));
    try (GitDefinitionSource source = source(app())) {
      Found found = assertInstanceOf(Found.class, source.fetch(Optional.empty()));
      assertEquals(new Unchanged(), source.fetch(Optional.of(found.commit())));
      assertEquals(1, asked(), "a token lasts");
    }
  }

  /// RFC 7519, RFC 7518 section 3.3; GitHub takes ten minutes at most.
  @Test
  void theStatementIsSignedAndShortLived() throws Exception {
    gives("ghs_canary1");
    new GithubTokens(app(), () -> NOW).token(HttpClient.newHttpClient(), LIMIT);
    LoggedRequest request = api.findAll(postRequestedFor(urlEqualTo(ENDPOINT))).getFirst();
    assertEquals("application/vnd.github+json", request.getHeader("Accept"));
    String[] parts = request.getHeader("Authorization").substring("Bearer ".length()).split("\\.");
    assertEquals("{\"alg\":\"RS256\",\"typ\":\"JWT\"}", decoded(parts[0]));
    Matcher claims =
        Pattern.compile("\\{\"iat\":(\\d+),\"exp\":(\\d+),\"iss\":\"123456\"}")
            .matcher(decoded(parts[1]));
    assertTrue(claims.matches(), () -> decoded(parts[1]));
    long issued = Long.parseLong(claims.group(1));
    long expires = Long.parseLong(claims.group(2));
    assertTrue(issued <= NOW.getEpochSecond());
    assertTrue(expires - issued <= Duration.ofMinutes(10).toSeconds());
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(pair.getPublic());
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    assertTrue(signature.verify(Base64.getUrlDecoder().decode(parts[2])));
  }

  private static String decoded(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }

  @Test
  void aTokenIsRenewedAfterFiftyMinutes() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(NOW);
    GithubTokens tokens = new GithubTokens(app(), now::get);
    try (HttpClient client = HttpClient.newHttpClient()) {
      gives("ghs_canary1");
      assertEquals("ghs_canary1", tokens.token(client, LIMIT));
      gives("ghs_canary2");
      now.set(NOW.plus(GithubTokens.REFRESH).minusSeconds(1));
      assertEquals("ghs_canary1", tokens.token(client, LIMIT));
      now.set(NOW.plus(GithubTokens.REFRESH));
      assertEquals("ghs_canary2", tokens.token(client, LIMIT));
    }
  }

  @Test
  void aTokenThatIsRevokedIsReplacedWithinTheSameConversation() {
    gives("ghs_canary1");
    server.expect(HttpGitServer.basic("x-access-token", "ghs_canary1"));
    try (GitDefinitionSource source = source(app())) {
      Found found = assertInstanceOf(Found.class, source.fetch(Optional.empty()));
      gives("ghs_canary2");
      server.expect(HttpGitServer.basic("x-access-token", "ghs_canary2"));
      assertEquals(new Unchanged(), source.fetch(Optional.of(found.commit())));
      assertEquals(2, asked());
    }
  }

  @Test
  void aFreshTokenThatIsRefusedIsNotAskedForAgainAtOnce() {
    gives("ghs_canary1");
    String failure = failure();
    assertTrue(failure.startsWith("GLB2006 "), failure);
    assertEquals(1, asked());
  }

  @Test
  void everyRefusalSaysWhatToDo() {
    answers(401, "canary");
    assertTrue(
        failure().matches("GLB2041 .*GitHub App 123456 .* 401. Check the App's id and key.*"));
    answers(404, "canary");
    assertTrue(failure().contains("404. Check the number of the installation"));
    answers(500, "canary");
    assertTrue(failure().contains("500. It is tried again"));
    answers(302, "");
    assertTrue(failure().startsWith("GLB2041 "));
    for (String rubbish :
        List.of(
            "", "canary", "[]", "{}", "{\"token\":7}", "{\"token\":\"can\\nary\"}", "{\"token")) {
      answers(201, rubbish);
      assertTrue(failure().contains("without a token"), rubbish);
    }
    answers(201, "x".repeat(100_000));
    String large = failure();
    assertTrue(large.startsWith("GLB2010 "), large);
  }

  @Test
  void anEndpointThatIsNotThereOrSaysNothingIsGivenUp() throws IOException {
    api.stop();
    String gone = failure();
    assertTrue(gone.startsWith("GLB2003 the GitHub API " + apiUrl), gone);
    try (SilentServer silent = SilentServer.start(SilentServer.Manner.SAYS_NOTHING);
        GitDefinitionSource source =
            new GitDefinitionSource(
                new GitRemote(
                    server.url("net.git"),
                    "main",
                    GitCredentials.NONE.with(
                        HttpAccess.app(
                            new GithubApp(
                                "1", "2", key, URI.create("http://127.0.0.1:" + silent.port())))),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2)),
                List.of("."),
                temp.resolve("state"))) {
      String hangs =
          assertTimeoutPreemptively(
              LIMIT,
              () ->
                  assertInstanceOf(Unavailable.class, source.fetch(Optional.empty()))
                      .failure()
                      .toString());
      assertTrue(hangs.startsWith("GLB2009 "), hangs);
    }
  }

  /// The API is reached by the proxy of the repository, with its login.
  @Test
  void theTokenComesThroughTheProxyToo() throws IOException {
    gives("ghs_canary1");
    server.expect(HttpGitServer.basic("x-access-token", "ghs_canary1"));
    Path login = Files.writeString(temp.resolve("login"), "ops:canary-proxy");
    try (TestProxy proxy = TestProxy.withLogin("ops", "canary-proxy");
        GitDefinitionSource source =
            new GitDefinitionSource(
                GitRemote.of(
                    server.url("net.git"),
                    "main",
                    GitCredentials.NONE.with(
                        HttpAccess.app(app())
                            .through(new ProxyChoice.Via(proxy.url(), Optional.of(login))))),
                List.of("."),
                temp.resolve("state"))) {
      assertInstanceOf(Found.class, source.fetch(Optional.empty()));
      assertTrue(
          proxy.requests().stream().anyMatch(request -> request.startsWith("POST " + apiUrl)),
          proxy.requests()::toString);
    }
  }

  @Test
  void settingsOfAnAppAreCheckedAtTheStart() throws IOException {
    assertEquals(List.of(), problems(app()));
    assertEquals(
        List.of(
            "GLB2002 the GitHub App 'a b' with installation 'x': an id and a number are needed"),
        problems(new GithubApp("a b", "x", key, GithubApp.PUBLIC_API)));
    Path wrong = Files.writeString(temp.resolve("wrong.pem"), "canary");
    assertEquals(
        List.of("GLB2002 %s holds no PEM private key (BEGIN PRIVATE KEY)".formatted(wrong)),
        problems(new GithubApp("1", "2", wrong, GithubApp.PUBLIC_API)));
    List<String> url = problems(new GithubApp("1", "2", key, URI.create("ftp://x/")));
    assertTrue(url.getFirst().contains("is no https URL"), url::toString);
  }

  private List<String> problems(GithubApp app) {
    return GitRemote.of(
            server.url("net.git"), "main", GitCredentials.NONE.with(HttpAccess.app(app)))
        .problems()
        .stream()
        .map(Object::toString)
        .toList();
  }
}
