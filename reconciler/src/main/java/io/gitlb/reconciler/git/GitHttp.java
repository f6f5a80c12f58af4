// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.net.Proxy;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnectionFactory;

/// http(s) connections as the settings want them, for which JGit has none: whose certificates are
/// trusted, by which proxy they go, and a bearer token for the one server that it belongs to.
///
/// @param trusted empty: as the JVM does
/// @param route empty: see `choice`
/// @param bearer empty: none
record GitHttp(
    URIish server,
    Optional<TrustManager[]> trusted,
    ProxyChoice choice,
    Optional<ProxyRoute> route,
    Optional<String> bearer)
    implements HttpConnectionFactory {

  private static final HttpConnectionFactory PLAIN = new JDKHttpConnectionFactory();

  @Override
  public HttpConnection create(URL url) throws IOException {
    return create(url, Proxy.NO_PROXY);
  }

  /// @param jvms what the JVM was started with
  @Override
  public HttpConnection create(URL url, Proxy jvms) throws IOException {
    Proxy proxy =
        route
            .map(ProxyRoute::proxy)
            .orElseGet(() -> choice instanceof ProxyChoice.Direct ? Proxy.NO_PROXY : jvms);
    HttpConnection connection = PLAIN.create(url, proxy);
    if (trusted.isPresent() && url.getProtocol().equals("https")) {
      try {
        connection.configure(null, trusted.get(), null);
      } catch (GeneralSecurityException e) {
        throw new IOException("no TLS with the configured certificates", e);
      }
    }
    if (bearer.isPresent() && isServer(url)) {
      connection.setRequestProperty("Authorization", "Bearer " + bearer.get());
    }
    return connection;
  }

  /// A redirect to somebody else gets nothing.
  private boolean isServer(URL url) {
    return Objects.equals(url.getProtocol(), server.getScheme())
        && Objects.equals(url.getHost(), server.getHost())
        && url.getPort() == server.getPort();
  }

  /// Without the token.
  @Override
  public String toString() {
    return "GitHttp for " + server;
  }
}
