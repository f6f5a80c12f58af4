// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.http.DevelopmentCertificates;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StatusCommandTest {

  private final HttpLoops loops = HttpLoops.open(1);
  private final List<HttpCall> calls = Collections.synchronizedList(new ArrayList<>());
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private volatile HttpAnswer answer = HttpAnswer.text(200, "a table");
  private HttpServer server;

  @TempDir Path directory;

  @BeforeEach
  void listen() {
    server = listen(new ServerSecurity.Plaintext());
  }

  private HttpServer listen(ServerSecurity security) {
    return switch (HttpServer.start(
        loops,
        new HttpServerSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            security,
            HttpLimits.DEFAULTS),
        call -> {
          calls.add(call);
          return answer;
        })) {
      case HttpServerStart.Listening(HttpServer listening) -> listening;
      case HttpServerStart.Refused(String message) -> throw new AssertionError(message);
    };
  }

  @AfterEach
  void close() {
    server.close();
    loops.close();
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!all.contains("--reconciler")) {
      all.addAll(List.of("--reconciler", "http://127.0.0.1:" + server.port()));
    }
    return new CommandLine(new StatusCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  @Test
  void theAnswerIsPrintedAsItComes() {
    assertEquals(0, run());
    assertEquals("a table\n", out.toString());
    assertEquals("/v1/announcing", calls.getFirst().path());
    assertEquals("text/plain", calls.getFirst().header("accept").orElseThrow());
    assertEquals(0, run("-o", "json"));
    assertEquals("application/json", calls.getLast().header("accept").orElseThrow());
  }

  @Test
  void sessionsAreAskedForLikewise() {
    assertEquals(0, run("--sessions"));
    assertEquals("a table\n", out.toString());
    assertEquals("/v1/sessions", calls.getFirst().path());
    assertEquals(0, run("--sessions", "-o", "json"));
    assertEquals("application/json", calls.getLast().header("accept").orElseThrow());
  }

  @Test
  void aDrainThatLeavesAnAddressToNobodyIsExitCode3() {
    answer = HttpAnswer.text(200, "moves").withHeader("gitlb-unserved", "0");
    assertEquals(0, run("--simulate-drain", "n1"));
    assertEquals("n1", calls.getFirst().queryValue("drain").orElseThrow());
    answer = HttpAnswer.text(200, "moves").withHeader("gitlb-unserved", "2");
    assertEquals(3, run("--simulate-drain", "n1"));
  }

  @Test
  void fromAnotherHostTheTokenGoesOverTlsToTheReconcilerOnly() throws IOException {
    DevelopmentCertificates certificates =
        DevelopmentCertificates.create(directory.resolve("tls"), Instant.now());
    Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef\n");
    TlsIdentity own = certificates.reconciler();
    try (HttpServer right = listen(new ServerSecurity.ServerTls(own));
        HttpServer wrong =
            listen(new ServerSecurity.ServerTls(certificates.speaker(new NodeName("n1"))))) {
      assertEquals(0, askSecurely(right, own, token), err::toString);
      assertEquals("Bearer 0123456789abcdef", calls.getFirst().header("authorization").orElse(""));
      assertEquals(1, askSecurely(wrong, own, token));
      assertTrue(err.toString().contains("reconciler.gitlb"), err.toString());
      assertEquals(1, calls.size());
    }
  }

  private int askSecurely(HttpServer at, TlsIdentity identity, Path token) {
    return run(
        "--reconciler",
        "https://127.0.0.1:" + at.port(),
        "--token-file=" + token,
        "--tls-cert=" + identity.certificateChain(),
        "--tls-key=" + identity.privateKey(),
        "--tls-ca=" + identity.authorities());
  }

  @Test
  void anythingElseIsAFailureThatSaysWhy() {
    answer = HttpAnswer.text(404, "no node n9 has a speaker");
    assertEquals(1, run("--simulate-drain", "n9"));
    assertTrue(err.toString().contains("answers 404: no node n9 has a speaker"), err.toString());
    assertEquals(1, run("--reconciler", "http://127.0.0.1:1"));
    assertTrue(err.toString().contains("Connection refused"), err.toString());
  }

  @Test
  void wrongOptionsAreSaid() {
    for (String url : List.of("here", "ftp://127.0.0.1", "https://127.0.0.1:8480")) {
      assertEquals(2, run("--reconciler", url), "picocli's own code without our handler");
    }
    assertEquals(2, run("--token-file", "token"));
    assertTrue(err.toString().contains("a token is not sent in the clear"), err.toString());
    assertEquals(2, run("--sessions", "--simulate-drain", "n1"));
    assertEquals(0, calls.size());
  }
}
