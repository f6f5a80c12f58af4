// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A new certificate authority and a server certificate of it, ECDSA on P-256 (RFC 5280, RFC 5480).
///
/// @param caPem certificate that clients have to trust, PEM
/// @param context for the listener
public record ServerIdentity(String caPem, SSLContext context) {
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

  /// Context-specific tags of GeneralName (RFC 5280 section 4.2.1.6).
  private static final int DNS_NAME = 0x82;

  private static final int IP_ADDRESS = 0x87;
  private static final int VERSION_TAG = 0xa0;
  private static final int EXTENSIONS_TAG = 0xa3;

  /// A clock may differ between machines by this much.
  private static final Duration SKEW = Duration.ofHours(1);

  /// Longer than any demo runs.
  private static final Duration LIFETIME = Duration.ofDays(365);

  private static final char[] NO_PASSWORD = new char[0];

  /// Makes new keys and certificates.
  ///
  /// @param names DNS names and IP literals that the certificate is for
  public static ServerIdentity create(Set<String> names, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair authority = generator.generateKeyPair();
      KeyPair server = generator.generateKeyPair();
      Certificate ca =
          certificate("gitlb-apiserver-ca", authority, authority, authorityExtensions(), now);
      Certificate leaf =
          certificate("gitlb-apiserver", server, authority, serverExtensions(names), now);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, NO_PASSWORD);
      store.setKeyEntry("server", server.getPrivate(), NO_PASSWORD, new Certificate[] {leaf, ca});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return new ServerIdentity(pem(ca), context);
    } catch (GeneralSecurityException | IOException broken) {
      throw new IllegalStateException("this JDK cannot make a certificate", broken);
    }
  }

  private static Certificate certificate(
      String subject, KeyPair keys, KeyPair issuerKeys, byte[] extensions, Instant now)
      throws GeneralSecurityException {
    byte[] algorithm = Der.sequence(Der.objectIdentifier(ECDSA_WITH_SHA256));
    byte[] body =
        Der.sequence(
            Der.tagged(VERSION_TAG, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(63, new SecureRandom()).add(BigInteger.ONE)),
            algorithm,
            name("gitlb-apiserver-ca"),
            Der.sequence(Der.time(now.minus(SKEW)), Der.time(now.plus(LIFETIME))),
            name(subject),
            keys.getPublic().getEncoded(),
            Der.tagged(EXTENSIONS_TAG, extensions));
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(issuerKeys.getPrivate());
    signer.update(body);
    byte[] whole = Der.sequence(body, algorithm, Der.bitString(0, signer.sign()));
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] name(String commonName) {
    return Der.sequence(
        Der.set(Der.sequence(Der.objectIdentifier(COMMON_NAME), Der.utf8(commonName))));
  }

  private static byte[] authorityExtensions() {
    byte[] certSignOnly = {0x04};
    return Der.sequence(
        criticalExtension(BASIC_CONSTRAINTS, Der.sequence(Der.yes())),
        criticalExtension(KEY_USAGE, Der.bitString(2, certSignOnly)));
  }

  private static byte[] serverExtensions(Set<String> names) {
    byte[] digitalSignature = {(byte) 0x80};
    List<byte[]> alternatives = new ArrayList<>();
    names.stream().sorted().map(ServerIdentity::alternative).forEach(alternatives::add);
    return Der.sequence(
        criticalExtension(KEY_USAGE, Der.bitString(7, digitalSignature)),
        extension(EXTENDED_KEY_USAGE, Der.sequence(Der.objectIdentifier(SERVER_AUTHENTICATION))),
        extension(SUBJECT_ALTERNATIVE_NAME, Der.sequence(alternatives.toArray(byte[][]::new))));
  }

  private static byte[] alternative(String name) {
    try {
      return Der.tagged(IP_ADDRESS, InetAddress.ofLiteral(name).getAddress());
    } catch (IllegalArgumentException notAnAddress) {
      return Der.tagged(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static byte[] criticalExtension(String identifier, byte[] value) {
    return Der.sequence(Der.objectIdentifier(identifier), Der.yes(), Der.octetString(value));
  }

  private static byte[] extension(String identifier, byte[] value) {
    return Der.sequence(Der.objectIdentifier(identifier), Der.octetString(value));
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    return "-----BEGIN CERTIFICATE-----\n"
        + lines.encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }
}
