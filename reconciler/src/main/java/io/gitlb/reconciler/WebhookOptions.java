// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.ReconcilerSettings.Webhooks;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of the listener for webhooks.
final class WebhookOptions {

  @Option(
      names = "--webhook-listen",
      paramLabel = "HOST:PORT",
      description =
          "where POST /webhook/SENDER is taken, as in 0.0.0.0:8481; SENDER is github, gitlab, gitea, forgejo,"
              + " bitbucket or generic (default: nowhere, the branch is only polled)")
  @Nullable String listen;

  @Option(
      names = "--webhook-secret-file",
      split = ",",
      paramLabel = "FILE",
      description =
          "holds the secret that the sender was given; several while it is replaced; needed to listen")
  List<Path> secretFiles = List.of();

  @Option(
      names = "--webhook-certificate",
      paramLabel = "FILE",
      description = "certificate chain of the listener, PEM; needed unless it is on loopback")
  @Nullable Path certificate;

  @Option(
      names = "--webhook-key",
      paramLabel = "FILE",
      description = "private key of the listener, PEM")
  @Nullable Path key;

  /// The checked settings; empty when nobody shall listen, or there are problems.
  Optional<Webhooks> settings(List<String> problems) {
    if ((certificate == null) != (key == null)) {
      problems.add("--webhook-certificate and --webhook-key belong together");
    }
    if (listen == null) {
      if (!secretFiles.isEmpty() || certificate != null) {
        problems.add("--webhook-listen is needed for the other --webhook options");
      }
      return Optional.empty();
    }
    if (secretFiles.isEmpty()) {
      problems.add(
          "--webhook-listen needs --webhook-secret-file: deliveries without a proof are not taken");
    }
    return ListenAddress.parse("--webhook-listen", listen, problems)
        .map(
            address ->
                new Webhooks(
                    address,
                    secretFiles,
                    Optional.ofNullable(certificate),
                    Optional.ofNullable(key)));
  }
}
