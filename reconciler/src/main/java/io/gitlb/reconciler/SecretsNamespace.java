// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where the Secrets are that we may read: in one namespace, the pod's own unless another is said.
final class SecretsNamespace {

  /// Kubernetes puts it there for every pod with a service account.
  private static final Path POD =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

  private SecretsNamespace() {}

  /// @param said as the option has it
  /// @return empty when none was said and this is no pod
  static Optional<String> of(@Nullable String said) {
    return Optional.ofNullable(said).or(() -> of(POD)).filter(name -> !name.isBlank());
  }

  private static Optional<String> of(Path file) {
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
