// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts a chain that ends in one of our authorities and begins with a certificate for one of the
/// names. The address that was dialled does not matter.
final class PeerNameCheck extends X509ExtendedTrustManager {

  /// RFC 5280 section 4.2.1.6, dNSName.
  private static final Integer DNS_NAME = 2;

  private final X509ExtendedTrustManager chains;
  private final PeerNames names;

  private PeerNameCheck(X509ExtendedTrustManager chains, PeerNames names) {
    this.chains = chains;
    this.names = names;
  }

  static PeerNameCheck of(List<X509Certificate> authorities, PeerNames names)
      throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    X509ExtendedTrustManager chains =
        Stream.of(factory.getTrustManagers())
            .filter((TrustManager manager) -> manager instanceof X509ExtendedTrustManager)
            .map(X509ExtendedTrustManager.class::cast)
            .findFirst()
            .orElseThrow(() -> new GeneralSecurityException("no PKIX trust manager"));
    return new PeerNameCheck(chains, names);
  }

  /// The DNS names that a certificate is for, in lower case.
  static SortedSet<String> dnsNames(X509Certificate certificate) {
    SortedSet<String> found = new TreeSet<>();
    try {
      Collection<List<?>> names =
          Optional.ofNullable(certificate.getSubjectAlternativeNames()).orElse(List.of());
      for (List<?> name : names) {
        if (DNS_NAME.equals(name.get(0)) && name.get(1) instanceof String text) {
          found.add(text.toLowerCase(Locale.ROOT));
        }
      }
    } catch (CertificateException _) {
      // Unreadable names are no names.
    }
    return found;
  }

  private void checkName(X509Certificate[] chain) throws CertificateException {
    SortedSet<String> presented = dnsNames(chain[0]);
    if (names.matching(presented).isEmpty()) {
      throw new CertificateException(
          "the certificate is for " + presented + ", it must be for " + names);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    chains.checkClientTrusted(chain, authType, engine);
    checkName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    chains.checkServerTrusted(chain, authType, engine);
    checkName(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    chains.checkClientTrusted(chain, authType, socket);
    checkName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    chains.checkServerTrusted(chain, authType, socket);
    checkName(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chains.checkClientTrusted(chain, authType);
    checkName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chains.checkServerTrusted(chain, authType);
    checkName(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chains.getAcceptedIssuers();
  }
}
