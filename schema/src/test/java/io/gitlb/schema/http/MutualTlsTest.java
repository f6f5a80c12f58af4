// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import static io.gitlb.schema.http.LocalServer.PATIENCE;
import static io.gitlb.schema.http.LocalServer.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutualTlsTest {

  private static final NodeName NODE = new NodeName("node-a");
  private static final HttpHandler WHO =
      call -> HttpAnswer.text(200, call.caller().orElse("nobody"));

  @TempDir Path directory;
  private DevelopmentCertificates certificates;
  private TlsIdentity speaker;
  private TlsIdentity reconciler;

  @BeforeEach
  void issue() throws IOException {
    certificates = DevelopmentCertificates.create(directory.resolve("tls"), Instant.now());
    speaker = certificates.speaker(NODE);
    reconciler = certificates.reconciler();
  }

  private LocalServer speakerServer() {
    return LocalServer.secured(new ServerSecurity.MutualTls(speaker, PeerNames.reconciler()), WHO);
  }

  private HttpClient client(LocalServer local, TlsIdentity identity) {
    return local.client(new ClientSecurity.MutualTls(identity, PeerNames.speaker(NODE)));
  }

  private static String failure(HttpClient client) {
    HttpResult result = client.send(HttpCall.get("/"), PATIENCE);
    return assertInstanceOf(HttpResult.Unreachable.class, result).reason();
  }

  private static void assertBegins(String beginning, String text) {
    assertTrue(text.startsWith(beginning), text);
  }

  @Test
  void reconcilerAndSpeakerKnowEachOtherByTheirCertificates() {
    try (LocalServer local = speakerServer();
        HttpClient client = client(local, reconciler)) {
      HttpAnswer answer = answer(client.send(HttpCall.get("/"), PATIENCE));
      assertEquals("reconciler.gitlb\n", answer.body().text());
    }
  }

  @Test
  void alsoOverTls12() throws Exception {
    try (LocalServer local = LocalServer.secured(new ServerSecurity.ServerTls(speaker), WHO)) {
      assertEquals("nobody\n", jdkClient("TLSv1.2", local));
      assertEquals("nobody\n", jdkClient("TLSv1.3", local));
    }
  }

  @Test
  void aClientOfAnotherAuthorityIsRefused() throws IOException {
    TlsIdentity stranger =
        DevelopmentCertificates.create(directory.resolve("other"), Instant.now()).reconciler();
    TlsIdentity mixed =
        new TlsIdentity(stranger.certificateChain(), stranger.privateKey(), speaker.authorities());
    try (LocalServer local = speakerServer();
        HttpClient client = client(local, mixed)) {
      assertBegins("TLS: the other side requires a certificate of an authority", failure(client));
    }
  }

  @Test
  void aServerOfAnotherAuthorityIsRefused() throws IOException {
    TlsIdentity stranger =
        DevelopmentCertificates.create(directory.resolve("other"), Instant.now()).speaker(NODE);
    try (LocalServer local =
            LocalServer.secured(
                new ServerSecurity.MutualTls(stranger, PeerNames.reconciler()), WHO);
        HttpClient client = client(local, reconciler)) {
      assertEquals(
          "the other side's certificate is not of an authority that we trust", failure(client));
    }
  }

  @Test
  void aSpeakerCannotActAsTheReconciler() throws IOException {
    TlsIdentity other = certificates.speaker(new NodeName("node-b"));
    try (LocalServer local = speakerServer();
        HttpClient client = client(local, other)) {
      assertBegins("TLS: the other side does not accept our certificate", failure(client));
    }
  }

  @Test
  void aSpeakerCannotActAsAnother() throws IOException {
    TlsIdentity other = certificates.speaker(new NodeName("node-b"));
    try (LocalServer local =
            LocalServer.secured(new ServerSecurity.MutualTls(other, PeerNames.reconciler()), WHO);
        HttpClient client = client(local, reconciler)) {
      assertEquals(
          "the other side's certificate is not accepted: the certificate is for"
              + " [node-b.speaker.gitlb], it must be for node-a.speaker.gitlb",
          failure(client));
    }
  }

  @Test
  void anExpiredCertificateIsRefusedOnBothSides() throws IOException {
    Instant now = Instant.now();
    TlsIdentity expired =
        certificates.issue(
            "expired-reconciler",
            "reconciler.gitlb",
            now.minus(Duration.ofMinutes(10)),
            now.minus(Duration.ofMinutes(5)));
    try (LocalServer local = speakerServer();
        HttpClient client = client(local, expired)) {
      assertBegins("TLS: the other side does not accept our certificate", failure(client));
    }
    TlsIdentity expiredSpeaker =
        certificates.issue(
            "expired-speaker",
            "node-a.speaker.gitlb",
            now.minus(Duration.ofMinutes(10)),
            now.minus(Duration.ofMinutes(5)));
    try (LocalServer local =
            LocalServer.secured(
                new ServerSecurity.MutualTls(expiredSpeaker, PeerNames.reconciler()), WHO);
        HttpClient client = client(local, reconciler)) {
      assertBegins("the other side's certificate is not accepted: NotAfter", failure(client));
    }
  }

  @Test
  void withoutAClientCertificateNothingIsServed() {
    try (LocalServer local = speakerServer()) {
      IOException e = assertThrows(IOException.class, () -> jdkClient("TLSv1.3", local));
      assertTrue(String.valueOf(e.getMessage()).contains("certificate_required"), e.toString());
    }
  }

  @Test
  void plainHttpToTheTlsPortIsCutOff() throws IOException {
    try (LocalServer local = speakerServer()) {
      assertEquals("", local.talk("GET / HTTP/1.1\r\nHost: x\r\n\r\n").replaceAll("[^ -~]", ""));
      HttpClient plain = local.client();
      assertInstanceOf(HttpResult.Unreachable.class, plain.send(HttpCall.get("/"), PATIENCE));
    }
  }

  @Test
  void tlsToAPlainPortIsExplained() {
    try (LocalServer local = LocalServer.plain(WHO);
        HttpClient client = client(local, reconciler)) {
      assertEquals("the other side does not speak TLS", failure(client));
    }
  }

  @Test
  void aHandshakeThatStallsIsCutOff() throws IOException {
    HttpLimits hasty = HttpLimits.DEFAULTS.withRequest(Duration.ofMillis(300));
    try (HttpLoops loops = HttpLoops.open(1)) {
      HttpServerStart start =
          HttpServer.start(
              loops,
              new HttpServerSettings(
                  LocalServer.loopback(0),
                  new ServerSecurity.MutualTls(speaker, PeerNames.reconciler()),
                  hasty),
              WHO);
      HttpServer server = assertInstanceOf(HttpServerStart.Listening.class, start).server();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream().write(0x16);
        assertEquals("", LocalServer.readAll(socket));
      }
      server.close();
    }
  }

  @Test
  void renewedFilesAreUsedForNewConnections() throws IOException {
    try (LocalServer local = speakerServer()) {
      try (HttpClient client = client(local, reconciler)) {
        assertEquals(200, answer(client.send(HttpCall.get("/"), PATIENCE)).status());
      }
      Path newer = directory.resolve("newer");
      DevelopmentCertificates renewed = DevelopmentCertificates.create(newer, Instant.now());
      TlsIdentity newSpeaker = renewed.speaker(NODE);
      TlsIdentity newReconciler = renewed.reconciler();
      replace(newSpeaker.certificateChain(), speaker.certificateChain());
      replace(newSpeaker.privateKey(), speaker.privateKey());
      replace(newSpeaker.authorities(), speaker.authorities());

      try (HttpClient client =
          client(
              local,
              new TlsIdentity(
                  newReconciler.certificateChain(),
                  newReconciler.privateKey(),
                  speaker.authorities()))) {
        assertEquals(200, answer(client.send(HttpCall.get("/"), PATIENCE)).status());
      }
    }
  }

  @Test
  void unusableNewFilesLeaveTheOldOnesInForce() throws IOException {
    try (LocalServer local = speakerServer();
        HttpClient client = client(local, reconciler)) {
      Files.writeString(speaker.certificateChain(), "not a certificate");
      assertEquals(200, answer(client.send(HttpCall.get("/"), PATIENCE)).status());
    }
  }

  private static void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void unusableFilesAreNamedAtStart() throws IOException {
    Path absent = directory.resolve("absent.pem");
    assertEquals(
        absent + " does not exist",
        refused(new TlsIdentity(absent, speaker.privateKey(), speaker.authorities())));
    assertEquals(
        reconciler.privateKey()
            + " is not the key of the first certificate in "
            + speaker.certificateChain(),
        refused(
            new TlsIdentity(
                speaker.certificateChain(), reconciler.privateKey(), speaker.authorities())));
    Path empty = Files.createFile(directory.resolve("empty.pem"));
    assertEquals(
        empty + " holds no PEM certificate (BEGIN CERTIFICATE), or a damaged one",
        refused(new TlsIdentity(speaker.certificateChain(), speaker.privateKey(), empty)));
    assertEquals(
        empty + " holds no PEM private key (BEGIN PRIVATE KEY)",
        refused(new TlsIdentity(speaker.certificateChain(), empty, speaker.authorities())));
  }

  private static String refused(TlsIdentity identity) {
    try (HttpLoops loops = HttpLoops.open(1)) {
      HttpServerStart start =
          HttpServer.start(
              loops,
              new HttpServerSettings(
                  LocalServer.loopback(0),
                  new ServerSecurity.MutualTls(identity, PeerNames.reconciler()),
                  HttpLimits.DEFAULTS),
              WHO);
      return assertInstanceOf(HttpServerStart.Refused.class, start).message();
    }
  }

  @Test
  void aKeyIsReadableByItsOwnerOnly() throws IOException {
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(speaker.privateKey())));
  }

  /// A client without a certificate that trusts anybody.
  private static String jdkClient(String protocol, LocalServer local) throws Exception {
    SSLContext context = SSLContext.getInstance(protocol);
    context.init(null, new TrustManager[] {new TrustsAll()}, null);
    try (Socket socket =
        context
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), local.server().port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = LocalServer.readAll(socket);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
