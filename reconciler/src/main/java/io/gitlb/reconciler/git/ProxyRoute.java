// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The proxy that a choice comes to for one server.
///
/// @param host its name or address
/// @param login for it
record ProxyRoute(String host, int port, Optional<Login> login) {

  /// What most proxies listen on.
  private static final int USUAL_PORT = 3128;

  /// Never shows.
  record Login(String user, String password) {

    @Override
    public String toString() {
      return "(login)";
    }

    /// From `user:password`.
    static Optional<Login> parse(String text) {
      int colon = text.indexOf(':');
      return colon < 1
          ? Optional.empty()
          : Optional.of(new Login(text.substring(0, colon), text.substring(colon + 1)));
    }
  }

  /// @param target the server's URL
  /// @return empty: no proxy
  static Optional<ProxyRoute> of(ProxyChoice choice, URI target) throws GitProblemException {
    return switch (choice) {
      case ProxyChoice.Direct _ -> Optional.empty();
      case ProxyChoice.Via(URI url, Optional<Path> loginFile) ->
          Optional.of(
              new ProxyRoute(
                  url.getHost(),
                  url.getPort() < 0 ? USUAL_PORT : url.getPort(),
                  loginFile.isPresent() ? Optional.of(read(loginFile.get())) : Optional.empty()));
      case ProxyChoice.FromEnvironment(Map<String, String> variables) ->
          fromEnvironment(variables, target);
    };
  }

  Proxy proxy() {
    return new Proxy(Proxy.Type.HTTP, address());
  }

  InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  private static Login read(Path file) throws GitProblemException {
    try {
      return Login.parse(Files.readString(file).strip())
          .orElseThrow(() -> unusable(file, "holds no user:password"));
    } catch (IOException e) {
      throw unusable(file, "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private static GitProblemException unusable(Path file, String why) {
    return new GitProblemException(
        GitFailure.BAD_SETTINGS, "the proxy's login file %s %s".formatted(file, why));
  }

  private static Optional<ProxyRoute> fromEnvironment(Map<String, String> variables, URI target)
      throws GitProblemException {
    String scheme = target.getScheme().toUpperCase(Locale.ROOT);
    String name = variables.containsKey(scheme + "_PROXY") ? scheme + "_PROXY" : "ALL_PROXY";
    String value = variables.getOrDefault(name, "").strip();
    if (value.isEmpty() || isExcepted(variables.getOrDefault("NO_PROXY", ""), target)) {
      return Optional.empty();
    }
    try {
      URI url = new URI(value.contains("://") ? value : "http://" + value);
      if (!"http".equalsIgnoreCase(url.getScheme()) || url.getHost() == null) {
        throw new GitProblemException(
            GitFailure.BAD_SETTINGS,
            name + " in the environment names no http:// proxy; others are not spoken");
      }
      return Optional.of(
          new ProxyRoute(
              url.getHost(),
              url.getPort() < 0 ? USUAL_PORT : url.getPort(),
              Optional.ofNullable(url.getRawUserInfo()).flatMap(ProxyRoute::decoded)));
    } catch (URISyntaxException e) {
      // Its message would show the value.
      throw new GitProblemException(
          GitFailure.BAD_SETTINGS, name + " in the environment is not a URL");
    }
  }

  private static Optional<Login> decoded(String rawUserInfo) {
    return Login.parse(rawUserInfo)
        .map(login -> new Login(decode(login.user()), decode(login.password())));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// `NO_PROXY` has no standard. Read as curl, Go and Git do where they agree: names with or
  /// without a leading dot stand for themselves and everything below, `*` for all, addresses for
  /// themselves, a port limits an entry to it. Networks are read too, as Go does.
  private static boolean isExcepted(String list, URI target) {
    return Arrays.stream(list.split(",", -1))
        .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
        .anyMatch(entry -> !entry.isEmpty() && NoProxyEntry.covers(entry, target));
  }
}
