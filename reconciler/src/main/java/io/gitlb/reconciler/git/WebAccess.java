// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.eclipse.jgit.transport.TransportHttp;

/// How one remote is talked to by http(s): with which password or token, whom it trusts, by which
/// proxy. Files are read anew for every conversation.
final class WebAccess {

  /// The user that GitHub wants beside a token of an App.
  private static final String APP_USER = "x-access-token";

  private final GitRemote remote;
  private final Optional<GithubTokens> tokens;
  private volatile Optional<HttpLogin> login = Optional.empty();
  private volatile Optional<String> heldToken = Optional.empty();
  private volatile Optional<ProxyRoute> route = Optional.empty();

  WebAccess(GitRemote remote, InstantSource clock) {
    this.remote = remote;
    this.tokens = remote.credentials().http().app().map(app -> new GithubTokens(app, clock));
    ProxyLogins.install();
  }

  /// Gives a transport that was just opened what it needs.
  void prepare(TransportHttp transport, RemoteUrl.Http http)
      throws IOException, InterruptedException, GitProblemException {
    GitCredentials credentials = remote.credentials();
    Optional<TrustManager[]> trusted =
        credentials.caFile().isPresent()
            ? Optional.of(Authorities.of(credentials.caFile().get()))
            : Optional.empty();
    route = route(http.server());
    transport.setHttpConnectionFactory(
        new GitHttp(
            http.uri(),
            trusted,
            credentials.http().proxy(),
            route,
            read(credentials.http().tokenFile(), "token")));
    HttpLogin made = login(http, trusted);
    login = Optional.of(made);
    transport.setCredentialsProvider(made);
  }

  private Optional<ProxyRoute> route(URI target) throws GitProblemException {
    Optional<ProxyRoute> found = ProxyRoute.of(remote.credentials().http().proxy(), target);
    found.ifPresent(ProxyLogins::remember);
    return found;
  }

  private HttpLogin login(RemoteUrl.Http http, Optional<TrustManager[]> trusted)
      throws IOException, InterruptedException, GitProblemException {
    if (tokens.isPresent()) {
      Optional<String> token = Optional.of(token(tokens.get(), trusted));
      heldToken = token;
      return new HttpLogin(http.uri(), Optional.of(APP_USER), token);
    }
    GitCredentials credentials = remote.credentials();
    return new HttpLogin(
        http.uri(),
        credentials.user().or(http::user),
        read(credentials.passwordFile(), "password").or(http::password));
  }

  /// The API is talked to by the same way as the repository, and trusts the same.
  private String token(GithubTokens app, Optional<TrustManager[]> trusted)
      throws IOException, InterruptedException, GitProblemException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(remote.silence())
            .followRedirects(HttpClient.Redirect.NEVER);
    Optional<ProxyRoute> way =
        route(remote.credentials().http().app().map(GithubApp::api).orElseThrow());
    if (way.isPresent()) {
      builder.proxy(ProxySelector.of(way.get().address())).authenticator(ProxyLogins.instance());
    } else if (remote.credentials().http().proxy() instanceof ProxyChoice.Direct) {
      builder.proxy(HttpClient.Builder.NO_PROXY);
    }
    if (trusted.isPresent()) {
      builder.sslContext(context(trusted.get()));
    }
    try (HttpClient client = builder.build()) {
      try {
        return app.token(client, remote.silence());
      } finally {
        client.shutdownNow();
      }
    }
  }

  private static SSLContext context(TrustManager[] trusted) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusted, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS with the configured certificates", e);
    }
  }

  private Optional<String> read(Optional<Path> file, String what) throws GitProblemException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(file.get()).strip());
    } catch (IOException e) {
      throw new GitProblemException(
          GitFailure.BAD_SETTINGS,
          "%s: the %s file %s cannot be read (%s)"
              .formatted(
                  RemoteUrl.parse(remote.url()), what, file.get(), e.getClass().getSimpleName()));
    }
  }

  /// Whether the server refused a token that an App held, so that another try has another one.
  boolean renews() {
    Optional<String> token = heldToken;
    if (tokens.isEmpty() || token.isEmpty() || login.filter(HttpLogin::isRefused).isEmpty()) {
      return false;
    }
    return tokens.get().forget(token.get());
  }

  /// By which proxy, for messages; empty without one.
  String way() {
    return route
        .map(proxy -> " by the proxy %s:%d".formatted(proxy.host(), proxy.port()))
        .orElse("");
  }
}
