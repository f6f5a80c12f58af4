// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.git.GithubApp;
import io.gitlb.reconciler.git.ProxyChoice;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Options of one repository for https, as they were given.
///
/// @param prefix of their names, for messages
record HttpOptions(
    String prefix,
    @Nullable Path tokenFile,
    @Nullable String proxy,
    @Nullable Path proxyLoginFile,
    @Nullable String appId,
    @Nullable String installationId,
    @Nullable Path appKey,
    @Nullable String api) {

  private static final List<String> VARIABLES =
      List.of("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY");

  /// Empty when none was given, or with a problem.
  Optional<GithubApp> app(List<String> problems) {
    if (appId == null && installationId == null && appKey == null) {
      if (api != null) {
        problems.add(prefix + "-github-api is for a GitHub App; none is given");
      }
      return Optional.empty();
    }
    if (appId == null || installationId == null || appKey == null) {
      problems.add(
          "%1$s-github-app-id, %1$s-github-app-installation-id and %1$s-github-app-key belong together"
              .formatted(prefix));
      return Optional.empty();
    }
    return url(
            Optional.ofNullable(api).orElse(GithubApp.PUBLIC_API.toString()),
            "-github-api",
            problems)
        .map(base -> new GithubApp(appId, installationId, appKey, base));
  }

  /// Empty when none was given, or with a problem.
  Optional<ProxyChoice> proxy(List<String> problems) {
    if (proxy == null || proxy.equals("none")) {
      if (proxyLoginFile != null) {
        problems.add(prefix + "-proxy-login-file is for " + prefix + "-proxy; none is given");
      }
      return Optional.ofNullable(proxy).map(_ -> new ProxyChoice.Direct());
    }
    Optional<URI> url = url(proxy, "-proxy", problems);
    if (url.filter(given -> !"http".equalsIgnoreCase(given.getScheme())).isPresent()) {
      problems.add(prefix + "-proxy must be http://HOST:PORT: others are not spoken");
      return Optional.empty();
    }
    return url.map(given -> new ProxyChoice.Via(given, Optional.ofNullable(proxyLoginFile)));
  }

  /// Every process on the machine sees options: no password in them.
  private Optional<URI> url(String text, String option, List<String> problems) {
    try {
      URI url = new URI(text);
      if (url.getRawUserInfo() != null) {
        problems.add(
            "%s%s must not have a user or password in it; write them into a file"
                .formatted(prefix, option));
      } else if (url.getHost() == null || url.getScheme() == null) {
        problems.add("%s%s %s is not a URL with a host".formatted(prefix, option, text));
      } else {
        return Optional.of(url);
      }
    } catch (URISyntaxException _) {
      // Its text may hold a password.
      problems.add("%s%s is not a URL".formatted(prefix, option));
    }
    return Optional.empty();
  }

  /// What the environment says about proxies; the names in small letters win, as with curl.
  static ProxyChoice environment(Map<String, String> environment) {
    SortedMap<String, String> found = new TreeMap<>();
    for (String name : VARIABLES) {
      Stream.of(environment.get(name.toLowerCase(Locale.ROOT)), environment.get(name))
          .filter(value -> value != null)
          .findFirst()
          .ifPresent(value -> found.put(name, value));
    }
    return new ProxyChoice.FromEnvironment(found);
  }
}
