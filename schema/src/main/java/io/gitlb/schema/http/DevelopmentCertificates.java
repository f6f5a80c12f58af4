// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/// Certificates for the demo and for tests: an authority, the reconciler and speakers, as PEM files
/// in one directory, valid for seven days.
///
/// **Not for production.** The authority's key is thrown away with this object, nothing is renewed
/// and nothing can be revoked.
public final class DevelopmentCertificates {

  private static final Duration VALIDITY = Duration.ofDays(7);

  /// Clocks of the machines that try this out may differ.
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  private final Path directory;
  private final CertificateIssuer issuer;
  private final Instant now;

  private DevelopmentCertificates(Path directory, CertificateIssuer issuer, Instant now) {
    this.directory = directory;
    this.issuer = issuer;
    this.now = now;
  }

  /// Makes a new authority and writes its certificate to `ca.pem`.
  ///
  /// @param directory made when it is not there
  public static DevelopmentCertificates create(Path directory, Instant now) throws IOException {
    Files.createDirectories(directory);
    CertificateIssuer issuer =
        CertificateIssuer.create(
            // Two authorities never have the same name, so that none is mistaken for the other.
            "GitLB development CA " + UUID.randomUUID(), now.minus(CLOCK_SKEW), now.plus(VALIDITY));
    writePem(directory.resolve("ca.pem"), List.of(issuer.certificate()));
    return new DevelopmentCertificates(directory, issuer, now);
  }

  /// Writes `reconciler.pem` and `reconciler-key.pem`.
  public TlsIdentity reconciler() throws IOException {
    return issue("reconciler", PeerNames.reconciler().allowed().first());
  }

  /// Writes `speaker-NODE.pem` and `speaker-NODE-key.pem`.
  public TlsIdentity speaker(NodeName node) throws IOException {
    return issue("speaker-" + node, PeerNames.speaker(node).allowed().first());
  }

  private TlsIdentity issue(String file, String dnsName) throws IOException {
    return issue(file, dnsName, now.minus(CLOCK_SKEW), now.plus(VALIDITY));
  }

  TlsIdentity issue(String file, String dnsName, Instant notBefore, Instant notAfter)
      throws IOException {
    CertificateIssuer.Issued issued = issuer.issue(dnsName, notBefore, notAfter);
    TlsIdentity identity =
        new TlsIdentity(
            directory.resolve(file + ".pem"),
            directory.resolve(file + "-key.pem"),
            directory.resolve("ca.pem"));
    writePem(identity.certificateChain(), List.of(issued.certificate()));
    Files.deleteIfExists(identity.privateKey());
    Files.createFile(
        identity.privateKey(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        identity.privateKey(),
        pem("PRIVATE KEY", issued.privateKey().getEncoded()),
        StandardOpenOption.WRITE);
    return identity;
  }

  private static void writePem(Path file, List<X509Certificate> certificates) throws IOException {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      text.append(pem("CERTIFICATE", CertificateIssuer.encoded(certificate)));
    }
    Files.writeString(file, text);
  }

  static String pem(String type, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
  }
}
