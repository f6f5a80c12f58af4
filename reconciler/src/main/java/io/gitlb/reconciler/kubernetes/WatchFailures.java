// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.gitlb.reconciler.loop.Failure;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Tells why a kind cannot be watched: once, until it works again or the reason is another one.
final class WatchFailures {

  private final String server;
  private final Runnable onAny;
  private final Consumer<Failure> onNew;

  /// kind, as in `Services` → what was told last (1:1)
  private final Map<String, Failure> told = new ConcurrentHashMap<>();

  /// @param server the API server's URL
  /// @param onAny called for every failure
  /// @param onNew told those that are new
  WatchFailures(String server, Runnable onAny, Consumer<Failure> onNew) {
    this.server = server;
    this.onAny = onAny;
    this.onNew = onNew;
  }

  /// What it means that a kind cannot be watched; nobody is told.
  Failure read(String kind, Throwable cause) {
    return KubernetesFailure.of("watch " + kind, server, cause);
  }

  void failed(String kind, Failure failure) {
    onAny.run();
    if (!failure.equals(told.put(kind, failure))) {
      onNew.accept(failure);
    }
  }

  void recovered(String kind) {
    told.remove(kind);
  }
}
