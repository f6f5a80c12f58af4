// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpHandler;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpMethod;
import io.gitlb.schema.protocol.SpeakerStatus;
import java.util.Optional;
import java.util.function.Supplier;

/// `/healthz`, `/readyz`, `/metrics` and what is below `/v1/show`, for a listener of their own on
/// loopback.
///
/// Healthy is who answers and has not lost a part that it cannot do without. Ready is who has put a
/// state into force since its start; a speaker that never got one has nothing to do and is ready
/// for it.
public final class HealthEndpoint implements HttpHandler {

  /// For the server that this endpoint is on.
  public static final HttpLimits LIMITS = HttpLimits.DEFAULTS.withBodyBytes(0).withConnections(32);

  private final StatusBoard board;
  private final Supplier<Optional<String>> failure;
  private final HttpHandler show;

  /// @param failure what ended that the speaker cannot do without, one line; empty while all runs
  /// @param show answers what is below `/v1/show`
  public HealthEndpoint(StatusBoard board, Supplier<Optional<String>> failure, HttpHandler show) {
    this.board = board;
    this.failure = failure;
    this.show = show;
  }

  @Override
  public HttpAnswer handle(HttpCall call) throws InterruptedException {
    if (call.method() != HttpMethod.GET) {
      return HttpAnswer.text(405, "allowed is GET").withHeader("allow", "GET");
    }
    if (call.path().startsWith("/v1/show/")) {
      return show.handle(call);
    }
    return switch (call.path()) {
      case "/healthz" ->
          failure
              .get()
              .map(message -> HttpAnswer.text(503, message))
              .orElseGet(() -> HttpAnswer.text(200, "ok"));
      case "/readyz" -> ready(board.current());
      case "/metrics" ->
          HttpAnswer.text(200, SpeakerMetrics.of(board.current()).stripTrailing())
              .withHeader("content-type", SpeakerMetrics.CONTENT_TYPE);
      default -> HttpAnswer.text(404, "there are /healthz, /readyz, /metrics and /v1/show");
    };
  }

  private static HttpAnswer ready(SpeakerStatus status) {
    return status.stored().isEmpty() || status.applied().isPresent()
        ? HttpAnswer.text(200, "ok")
        : HttpAnswer.text(
            503,
            "generation "
                + status.stored().map(Object::toString).orElse("")
                + " is stored but not in force yet");
  }
}
