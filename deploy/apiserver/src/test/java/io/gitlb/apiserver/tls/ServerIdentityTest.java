// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/// Certificates that others accept.
class ServerIdentityTest {
  private final Instant now = Instant.now();

  private static X509Certificate ca(ServerIdentity identity) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(identity.caPem().getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void theAuthorityMaySignAndSignedItself() throws Exception {
    X509Certificate ca = ca(ServerIdentity.create(Set.of("localhost"), now));
    ca.verify(ca.getPublicKey());
    ca.checkValidity();
    assertEquals(Integer.MAX_VALUE, ca.getBasicConstraints());
    assertEquals(true, ca.getKeyUsage()[5], "may sign certificates");
  }

  @Test
  void theServersCertificateIsForAllItsNames() throws Exception {
    Set<String> names = Set.of("localhost", "192.0.2.1", "2001:db8::1", "api.example.com");
    ServerIdentity identity = ServerIdentity.create(names, now);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, new char[0]);
    trusted.setCertificateEntry("ca", ca(identity));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(null, trust.getTrustManagers(), null);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket server =
            (SSLServerSocket)
                identity.context().getServerSocketFactory().createServerSocket(0, 1, loopback);
        SSLSocket socket =
            (SSLSocket) client.getSocketFactory().createSocket(loopback, server.getLocalPort())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (SSLSocket accepted = (SSLSocket) server.accept()) {
                  accepted.startHandshake();
                } catch (java.io.IOException failed) {
                  throw new java.io.UncheckedIOException(failed);
                }
              });
      socket.startHandshake();
      X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      TreeSet<String> found = new TreeSet<>();
      leaf.getSubjectAlternativeNames().forEach(entry -> found.add(String.valueOf(entry.get(1))));
      assertEquals(
          new TreeSet<>(
              Set.of("localhost", "192.0.2.1", "2001:db8:0:0:0:0:0:1", "api.example.com")),
          found);
    }
  }

  @Test
  void derIsWrittenByteForByte() {
    HexFormat hex = HexFormat.of();
    assertArrayEquals(hex.parseHex("0603551d11"), Der.objectIdentifier("2.5.29.17"));
    assertArrayEquals(
        hex.parseHex("06082a8648ce3d040302"), Der.objectIdentifier("1.2.840.10045.4.3.2"));
    assertArrayEquals(hex.parseHex("0101ff"), Der.yes());
    assertArrayEquals(hex.parseHex("03020780"), Der.bitString(7, new byte[] {(byte) 0x80}));
    assertEquals("0481c8", hex.formatHex(Der.octetString(new byte[200]), 0, 3));
    assertEquals("048203e8", hex.formatHex(Der.octetString(new byte[1000]), 0, 4));
    assertArrayEquals(hex.parseHex("180f31393730303130313030303030305a"), Der.time(Instant.EPOCH));
  }
}
