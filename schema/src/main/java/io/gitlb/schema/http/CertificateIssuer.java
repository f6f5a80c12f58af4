// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;

/// An authority that signs X.509 certificates (RFC 5280) with a P-256 key that it keeps in memory.
final class CertificateIssuer {

  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  /// BIT STRING with bit 5, keyCertSign, alone.
  private static final byte[] MAY_SIGN_CERTIFICATES = {0x03, 0x02, 0x02, 0x04};

  /// BIT STRING with bit 0, digitalSignature, alone.
  private static final byte[] MAY_SIGN_HANDSHAKES = {0x03, 0x02, 0x07, (byte) 0x80};

  private final String name;
  private final PrivateKey key;
  private final X509Certificate certificate;

  private CertificateIssuer(String name, PrivateKey key, X509Certificate certificate) {
    this.name = name;
    this.key = key;
    this.certificate = certificate;
  }

  /// A certificate and its key.
  record Issued(X509Certificate certificate, PrivateKey privateKey) {}

  static CertificateIssuer create(String name, Instant notBefore, Instant notAfter) {
    try {
      KeyPair pair = newKeyPair();
      byte[] extensions =
          Der.sequence(
              critical(BASIC_CONSTRAINTS, Der.sequence(Der.yes())),
              critical(KEY_USAGE, MAY_SIGN_CERTIFICATES));
      X509Certificate certificate =
          sign(
              pair.getPrivate(),
              new Content(name, name, notBefore, notAfter, pair.getPublic()),
              extensions);
      return new CertificateIssuer(name, pair.getPrivate(), certificate);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has P-256", e);
    }
  }

  X509Certificate certificate() {
    return certificate;
  }

  /// For server and client, with the one DNS name.
  Issued issue(String dnsName, Instant notBefore, Instant notAfter) {
    try {
      KeyPair pair = newKeyPair();
      byte[] extensions =
          Der.sequence(
              critical(KEY_USAGE, MAY_SIGN_HANDSHAKES),
              extension(
                  EXTENDED_KEY_USAGE,
                  Der.sequence(
                      Der.objectIdentifier(SERVER_AUTH), Der.objectIdentifier(CLIENT_AUTH))),
              extension(
                  SUBJECT_ALTERNATIVE_NAME,
                  // [2] dNSName, an IA5String.
                  Der.sequence(Der.element(0x82, dnsName.getBytes(StandardCharsets.US_ASCII)))));
      X509Certificate issued =
          sign(key, new Content(name, dnsName, notBefore, notAfter, pair.getPublic()), extensions);
      return new Issued(issued, pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has P-256", e);
    }
  }

  static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("it was decoded before", e);
    }
  }

  private record Content(
      String issuer, String subject, Instant notBefore, Instant notAfter, PublicKey publicKey) {}

  /// RFC 5280 section 4.1.
  private static X509Certificate sign(PrivateKey key, Content content, byte[] extensions)
      throws GeneralSecurityException {
    byte[] algorithm = Der.sequence(Der.objectIdentifier(ECDSA_WITH_SHA256));
    byte[] toBeSigned =
        Der.sequence(
            Der.element(0xA0, Der.integer(2)),
            Der.integer(new BigInteger(120, new SecureRandom()).add(BigInteger.ONE)),
            algorithm,
            distinguishedName(content.issuer()),
            Der.sequence(Der.time(content.notBefore()), Der.time(content.notAfter())),
            distinguishedName(content.subject()),
            content.publicKey().getEncoded(),
            Der.element(0xA3, extensions));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(toBeSigned);
    byte[] certificate = Der.sequence(toBeSigned, algorithm, Der.bitString(signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(certificate));
  }

  private static byte[] distinguishedName(String commonName) {
    return Der.sequence(
        Der.element(0x31, Der.sequence(Der.objectIdentifier(COMMON_NAME), Der.utf8(commonName))));
  }

  private static byte[] extension(String identifier, byte[] value) {
    return Der.sequence(Der.objectIdentifier(identifier), Der.octetString(value));
  }

  private static byte[] critical(String identifier, byte[] value) {
    return Der.sequence(Der.objectIdentifier(identifier), Der.yes(), Der.octetString(value));
  }

  private static KeyPair newKeyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
