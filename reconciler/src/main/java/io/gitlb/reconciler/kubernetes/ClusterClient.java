// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.gitlb.reconciler.loop.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Opens the client with which [KubernetesCluster] works. Opening asks the API server nothing.
public final class ClusterClient {

  /// A request that takes longer is tried anew by the next pass.
  private static final int REQUEST_TIMEOUT_MS = 10_000;

  private static final int CONNECTION_TIMEOUT_MS = 5_000;

  private ClusterClient() {}

  /// How opening ended.
  public sealed interface Opening {

    /// The client; the caller closes it.
    record Opened(KubernetesClient client) implements Opening {}

    /// The kubeconfig cannot be used.
    record Unusable(Failure failure) implements Opening {}
  }

  /// From a kubeconfig file, or, without one, from the pod's service account, `$KUBECONFIG` or the
  /// user's own kubeconfig.
  public static Opening open(Optional<Path> kubeconfig) {
    if (kubeconfig.isEmpty()) {
      return new Opening.Opened(open(Config.autoConfigure(null)));
    }
    Path file = kubeconfig.get();
    try {
      return new Opening.Opened(open(Config.fromKubeconfig(Files.readString(file))));
    } catch (IOException | RuntimeException e) {
      return new Opening.Unusable(
          KubernetesFailure.BAD_KUBECONFIG.failure(
              "read the kubeconfig " + file,
              (Files.exists(file) ? "it is not a kubeconfig" : "there is no such file")
                  + "; name another with --kubeconfig"));
    }
  }

  /// The informers and the next pass try again by themselves, so the client does not: its own
  /// retries would hide for 20 s that the API server is away. Watches go over plain HTTP: over
  /// WebSockets the client can miss the end of a connection that ends together with an event.
  static KubernetesClient open(Config config) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(config)
                .withRequestRetryBackoffLimit(0)
                .withConnectionTimeout(CONNECTION_TIMEOUT_MS)
                .withRequestTimeout(REQUEST_TIMEOUT_MS)
                .withOnlyHttpWatches(true)
                .build())
        .build();
  }
}
