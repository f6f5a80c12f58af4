// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How the configuration repository is reached by https, beyond user and password.
final class ConfigHttpOptions {

  @Option(
      names = "--config-token-file",
      paramLabel = "FILE",
      description = "holds a token that is sent as Authorization: Bearer")
  @Nullable Path tokenFile;

  @Option(
      names = "--config-proxy",
      paramLabel = "URL",
      description =
          "http://HOST:PORT of the proxy, or none (default: as HTTPS_PROXY and NO_PROXY say)")
  @Nullable String proxy;

  @Option(
      names = "--config-proxy-login-file",
      paramLabel = "FILE",
      description = "holds user:password for the proxy")
  @Nullable Path proxyLoginFile;

  @Option(
      names = "--config-github-app-id",
      paramLabel = "ID",
      description = "id of a GitHub App, in place of a password or token")
  @Nullable String appId;

  @Option(
      names = "--config-github-app-installation-id",
      paramLabel = "NUMBER",
      description = "of its installation")
  @Nullable String installationId;

  @Option(
      names = "--config-github-app-key",
      paramLabel = "FILE",
      description = "its private key, PEM")
  @Nullable Path appKey;

  @Option(
      names = "--config-github-api",
      paramLabel = "URL",
      description = "API of a GitHub Enterprise Server (default: https://api.github.com)")
  @Nullable String api;

  /// What was given, for checking.
  HttpOptions given() {
    return new HttpOptions(
        "--config", tokenFile, proxy, proxyLoginFile, appId, installationId, appKey, api);
  }
}
