// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// Trust in the certificates of one PEM file and no others.
final class Authorities {

  private Authorities() {}

  /// Reads the certificates.
  ///
  /// @throws GitProblemException when the file is not there or holds none
  static TrustManager[] of(Path caFile) throws GitProblemException {
    try (InputStream in = Files.newInputStream(caFile)) {
      return managers(CertificateFactory.getInstance("X.509"), in);
    } catch (IOException | GeneralSecurityException e) {
      throw new GitProblemException(
          GitFailure.BAD_SETTINGS,
          "the CA file %s cannot be used (%s). It shall hold certificates in PEM form"
              .formatted(caFile, e.getMessage()));
    }
  }

  private static TrustManager[] managers(CertificateFactory factory, InputStream in)
      throws IOException, GeneralSecurityException {
    Collection<? extends Certificate> certificates = factory.generateCertificates(in);
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate in it");
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("ca-" + store.size(), certificate);
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers();
  }
}
