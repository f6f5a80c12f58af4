// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFilesTest {

  @TempDir Path directory;
  private TlsIdentity identity;

  @BeforeEach
  void issue() throws IOException {
    identity =
        DevelopmentCertificates.create(directory, Instant.now()).speaker(new NodeName("node-a"));
  }

  @Test
  void anEcKeyIsReadFromPkcs8AndFromSec1() throws IOException {
    PemFiles.Material material = complete();
    assertEquals("EC", material.key().getAlgorithm());

    // SEC 1 (RFC 5915) with the curve, made of the PKCS #8 that the JDK writes.
    byte[] pkcs8 = material.key().getEncoded();
    byte[] members = Der.content(pkcs8, Der.SEQUENCE).orElseThrow();
    byte[] inner =
        Der.find(members, Der.OCTET_STRING)
            .flatMap(octets -> Der.content(octets, Der.OCTET_STRING))
            .flatMap(key -> Der.content(key, Der.SEQUENCE))
            .orElseThrow();
    byte[] secret = Der.find(inner, Der.OCTET_STRING).orElseThrow();
    byte[] sec1 =
        Der.sequence(
            Der.integer(1), secret, Der.element(0xA0, Der.objectIdentifier("1.2.840.10045.3.1.7")));
    Files.writeString(identity.privateKey(), DevelopmentCertificates.pem("EC PRIVATE KEY", sec1));
    assertEquals(secret(material), secret(complete()));

    byte[] withoutCurve = Der.sequence(Der.integer(1), secret);
    Files.writeString(
        identity.privateKey(), DevelopmentCertificates.pem("EC PRIVATE KEY", withoutCurve));
    assertEquals(identity.privateKey() + " holds an EC key without its curve", unusable());
  }

  @Test
  void anRsaKeyIsReadFromPkcs1() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    byte[] pkcs8 = generator.generateKeyPair().getPrivate().getEncoded();
    byte[] pkcs1 =
        Der.content(pkcs8, Der.SEQUENCE)
            .flatMap(members -> Der.find(members, Der.OCTET_STRING))
            .flatMap(octets -> Der.content(octets, Der.OCTET_STRING))
            .orElseThrow();
    Files.writeString(identity.privateKey(), DevelopmentCertificates.pem("RSA PRIVATE KEY", pkcs1));
    // It is read; that it is of another certificate is found out only then.
    assertEquals(
        identity.privateKey()
            + " is not the key of the first certificate in "
            + identity.certificateChain(),
        unusable());
  }

  @Test
  void damagedAndEncryptedKeysAreNamed() throws IOException {
    Files.writeString(
        identity.privateKey(),
        DevelopmentCertificates.pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));
    assertEquals(
        identity.privateKey()
            + " holds an \"ENCRYPTED PRIVATE KEY\"; use one that is not encrypted, in PKCS #8",
        unusable());
    Files.writeString(
        identity.privateKey(), DevelopmentCertificates.pem("PRIVATE KEY", new byte[] {1, 2, 3}));
    assertEquals(
        identity.privateKey() + " holds a damaged private key, or one that is not RSA, EC, Ed25519",
        unusable());
  }

  @Test
  void cutShortElementsAreNotRead() {
    assertEquals(Optional.empty(), Der.content(new byte[] {0x30}, Der.SEQUENCE));
    assertEquals(Optional.empty(), Der.content(new byte[] {0x30, 5, 0}, Der.SEQUENCE));
    assertEquals(
        Optional.empty(), Der.content(new byte[] {0x30, (byte) 0x84, 1, 1, 1, 1}, Der.SEQUENCE));
    assertEquals(
        "BgYqhkjOPQM=",
        Base64.getEncoder().encodeToString(Der.objectIdentifier("1.2.840.10045.3")));
  }

  private static BigInteger secret(PemFiles.Material material) {
    return ((ECPrivateKey) material.key()).getS();
  }

  private PemFiles.Material complete() {
    return assertInstanceOf(PemFiles.Read.Complete.class, PemFiles.read(identity)).material();
  }

  private String unusable() {
    return assertInstanceOf(PemFiles.Read.Unusable.class, PemFiles.read(identity)).message();
  }
}
