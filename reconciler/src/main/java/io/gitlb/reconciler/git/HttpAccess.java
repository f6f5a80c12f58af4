// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.nio.file.Path;
import java.util.Optional;

/// What an http(s) server may want beyond a user and a password.
///
/// @param tokenFile holds a token that is sent as `Authorization: Bearer`
/// @param app proves who we are in place of a password
public record HttpAccess(Optional<Path> tokenFile, ProxyChoice proxy, Optional<GithubApp> app) {

  /// Nothing of it.
  public static final HttpAccess PLAIN =
      new HttpAccess(Optional.empty(), ProxyChoice.NONE, Optional.empty());

  /// With a bearer token.
  public static HttpAccess bearer(Path tokenFile) {
    return new HttpAccess(Optional.of(tokenFile), ProxyChoice.NONE, Optional.empty());
  }

  /// As an App of GitHub.
  public static HttpAccess app(GithubApp app) {
    return new HttpAccess(Optional.empty(), ProxyChoice.NONE, Optional.of(app));
  }

  /// The same by way of a proxy.
  public HttpAccess through(ProxyChoice other) {
    return new HttpAccess(tokenFile, other, app);
  }
}
