// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.value.NodeName;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpeakerEndpointTest {

  private static final NodeName NODE = new NodeName("node-a");
  private static final Optional<TlsIdentity> FILES =
      Optional.of(new TlsIdentity(Path.of("tls.crt"), Path.of("tls.key"), Path.of("ca.crt")));
  private static final Optional<TlsIdentity> INSECURE = Optional.empty();

  private static SpeakerEndpoint usable(String url, Optional<TlsIdentity> identity) {
    return assertInstanceOf(
            SpeakerEndpoint.Found.Usable.class,
            SpeakerEndpoint.of(NODE, Optional.of(URI.create(url)), identity))
        .endpoint();
  }

  private static Failure unusable(String url, Optional<TlsIdentity> identity) {
    return assertInstanceOf(
            SpeakerEndpoint.Found.Unusable.class,
            SpeakerEndpoint.of(NODE, Optional.of(URI.create(url)), identity))
        .failure();
  }

  @Test
  void withCertificatesTheSpeakerHasToBeTheNodesOwn() {
    assertEquals(
        new SpeakerEndpoint(
            NODE,
            "192.0.2.7",
            7480,
            new ClientSecurity.MutualTls(FILES.orElseThrow(), PeerNames.speaker(NODE))),
        usable("https://192.0.2.7", FILES));
  }

  @Test
  void anIpv6AddressLosesItsBrackets() {
    SpeakerEndpoint endpoint = usable("http://[2001:db8::7]:7000/", INSECURE);
    assertEquals("2001:db8::7", endpoint.host());
    assertEquals(7000, endpoint.port());
    assertEquals(new ClientSecurity.Plaintext(), endpoint.security());
  }

  @Test
  void theSchemeHasToFitTheCertificates() {
    assertEquals(
        "GLB4002 the speaker of node-a: its URL http://192.0.2.7:7480 cannot be used: with"
            + " certificates the URL begins with https://; without them start both sides with"
            + " --insecure, on loopback addresses only",
        unusable("http://192.0.2.7:7480", FILES).toString());
    assertEquals("GLB4002", unusable("https://127.0.0.1", INSECURE).code());
    assertEquals("GLB4002", unusable("ftp://127.0.0.1", INSECURE).code());
  }

  @Test
  void onlySchemeHostAndPortAreAllowed() {
    for (String url :
        new String[] {
          "http://127.0.0.1/v1",
          "http://127.0.0.1?x=1",
          "http://127.0.0.1#x",
          "http://127.0.0.1:0",
          "http://127.0.0.1:65536",
          "http:///",
          "http:opaque"
        }) {
      assertEquals("GLB4002", unusable(url, INSECURE).code(), url);
    }
  }

  @Test
  void credentialsInAUrlAreRefusedAndNotShown() {
    Failure failure = unusable("http://user:hunter2@127.0.0.1:7480", INSECURE);
    assertEquals("GLB4002", failure.code());
    assertFalse(failure.message().contains("hunter2"), failure.message());
  }

  @Test
  void withoutAUrlTheMessageSaysHowToGiveOne() {
    SpeakerEndpoint.Found found = SpeakerEndpoint.of(NODE, Optional.empty(), FILES);
    assertEquals(
        "GLB4001 the speaker of node-a: its URL is not known; start the reconciler with --speaker"
            + " node-a=URL, or see whether the speaker's pod runs",
        assertInstanceOf(SpeakerEndpoint.Found.Unusable.class, found).failure().toString());
  }

  @Test
  void troubleWithCertificatesHasItsOwnCode() {
    SpeakerEndpoint secure = usable("https://192.0.2.7", FILES);
    assertEquals(
        "GLB4005", secure.unreachable(new HttpResult.Unreachable("tls.crt does not exist")).code());
    assertEquals(
        "GLB4003", secure.unreachable(new HttpResult.Unreachable("connection refused")).code());
    assertEquals(
        "GLB4003",
        usable("http://192.0.2.7", INSECURE)
            .unreachable(
                new HttpResult.Unreachable(
                    "without TLS only loopback addresses are talked to, not 192.0.2.7"))
            .code());
  }
}
