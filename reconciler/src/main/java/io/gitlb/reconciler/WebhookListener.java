// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.ReconcilerSettings.Webhooks;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.webhook.WebhookReceiver;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import java.nio.file.Path;
import java.util.List;

/// The listener for webhooks.
final class WebhookListener {

  /// The settings of the listener cannot be used.
  private static final String UNUSABLE = "GLB2401";

  private WebhookListener() {}

  /// What came of opening it.
  sealed interface Opening {

    record Listening(HttpServer server) implements Opening {}

    record Refused(Failure failure) implements Opening {}
  }

  /// Looks at the secrets and listens.
  static Opening open(HttpLoops loops, Webhooks hooks, WebhookReceiver receiver) {
    List<String> problems = receiver.problems();
    if (!problems.isEmpty()) {
      return refused("--webhook-secret-file: " + String.join("; ", problems));
    }
    return switch (HttpServer.start(
        loops,
        new HttpServerSettings(hooks.listen(), security(hooks), WebhookReceiver.limits()),
        receiver)) {
      case HttpServerStart.Listening(HttpServer server) -> new Opening.Listening(server);
      case HttpServerStart.Refused(String message) -> refused("--webhook-listen: " + message);
    };
  }

  private static Opening refused(String message) {
    return new Opening.Refused(new Failure(UNUSABLE, message));
  }

  /// Callers show no certificate, so whose authority would be believed does not matter: our own
  /// certificate stands in.
  private static ServerSecurity security(Webhooks hooks) {
    return hooks
        .certificate()
        .<ServerSecurity>map(
            certificate ->
                new ServerSecurity.ServerTls(
                    new TlsIdentity(certificate, key(hooks, certificate), certificate)))
        .orElseGet(ServerSecurity.Plaintext::new);
  }

  private static Path key(Webhooks hooks, Path certificate) {
    return hooks.key().orElse(certificate);
  }
}
