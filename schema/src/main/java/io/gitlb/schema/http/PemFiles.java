// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the files of a [TlsIdentity].
final class PemFiles {

  /// Larger than any sensible bundle of authorities.
  private static final long MAX_FILE_BYTES = 1024 * 1024;

  private static final String RSA = "1.2.840.113549.1.1.1";
  private static final String EC = "1.2.840.10045.2.1";

  private static final Pattern KEY_BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");

  private PemFiles() {}

  /// What the files hold.
  ///
  /// @param chain ours first
  record Material(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {}

  /// What came of reading.
  sealed interface Read {

    record Complete(Material material) implements Read {}

    /// @param message for people, one line, names the file and never holds its content
    record Unusable(String message) implements Read {}
  }

  static Read read(TlsIdentity identity) {
    try {
      Material material =
          new Material(
              certificates(identity.certificateChain()),
              privateKey(identity.privateKey()),
              certificates(identity.authorities()));
      if (!belongTogether(material.key(), material.chain().getFirst().getPublicKey())) {
        throw new UnusableFile(
            identity.privateKey(),
            "is not the key of the first certificate in " + identity.certificateChain());
      }
      return new Read.Complete(material);
    } catch (UnusableFile e) {
      return new Read.Unusable(String.valueOf(e.getMessage()));
    }
  }

  private static List<X509Certificate> certificates(Path file) throws UnusableFile {
    String text = text(file);
    try {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)))
              .stream()
              .map((Certificate certificate) -> (X509Certificate) certificate)
              .toList();
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (GeneralSecurityException _) {
      // The same answer as for none.
    }
    throw new UnusableFile(file, "holds no PEM certificate (BEGIN CERTIFICATE), or a damaged one");
  }

  static PrivateKeyFile.Read readKey(Path file) {
    try {
      return new PrivateKeyFile.Read.Usable(privateKey(file));
    } catch (UnusableFile e) {
      return new PrivateKeyFile.Read.Unusable(
          Objects.requireNonNullElse(e.getMessage(), file.toString()));
    }
  }

  private static PrivateKey privateKey(Path file) throws UnusableFile {
    Matcher block = KEY_BLOCK.matcher(text(file));
    if (!block.find()) {
      throw new UnusableFile(file, "holds no PEM private key (BEGIN PRIVATE KEY)");
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException _) {
      throw new UnusableFile(file, "holds a damaged private key");
    }
    byte[] pkcs8 =
        switch (block.group(1)) {
          case "PRIVATE KEY" -> der;
          case "RSA PRIVATE KEY" -> fromPkcs1(der);
          case "EC PRIVATE KEY" ->
              fromSec1(der)
                  .orElseThrow(() -> new UnusableFile(file, "holds an EC key without its curve"));
          default ->
              throw new UnusableFile(
                  file,
                  "holds an \"" + block.group(1) + "\"; use one that is not encrypted, in PKCS #8");
        };
    for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException _) {
        // Of another algorithm, or damaged.
      }
    }
    throw new UnusableFile(
        file, "holds a damaged private key, or one that is not RSA, EC, Ed25519");
  }

  /// RFC 8017 appendix A.1.2 into RFC 5208 section 5.
  private static byte[] fromPkcs1(byte[] key) {
    return Der.sequence(
        Der.integer(0),
        Der.sequence(Der.objectIdentifier(RSA), Der.nothing()),
        Der.octetString(key));
  }

  /// RFC 5915 section 3 into RFC 5208 section 5; the curve moves to the algorithm.
  private static Optional<byte[]> fromSec1(byte[] key) {
    return Der.content(key, Der.SEQUENCE)
        .flatMap(members -> Der.find(members, 0xA0))
        .flatMap(parameters -> Der.content(parameters, 0xA0))
        .map(
            curve ->
                Der.sequence(
                    Der.integer(0),
                    Der.sequence(Der.objectIdentifier(EC), curve),
                    Der.octetString(key)));
  }

  /// Signs with one and verifies with the other: works for every algorithm.
  private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) {
    String algorithm =
        switch (privateKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "Ed25519";
        };
    byte[] sample = "sample".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(privateKey);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static String text(Path file) throws UnusableFile {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new UnusableFile(file, "is larger than " + MAX_FILE_BYTES + " octets");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      throw new UnusableFile(file, "does not exist");
    } catch (IOException e) {
      throw new UnusableFile(file, "cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static final class UnusableFile extends Exception {
    UnusableFile(Path file, String what) {
      super(file + " " + what);
    }
  }
}
