// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.loop.Outcome;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpHandler;
import io.gitlb.schema.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.TreeMap;

/// Answers `/healthz` (the loop turns), `/readyz` (it has done a whole pass) and `/metrics`.
final class HealthEndpoint implements HttpHandler {

  /// The first pass may fetch both branches whole, ten minutes at most each; one that takes longer
  /// hangs.
  private static final Duration LONGEST_PASS = Duration.ofMinutes(25);

  private final InstantSource clock;
  private final ReconcilerMetrics metrics;

  /// When the pass that is running began; empty between passes.
  private volatile Optional<Instant> began = Optional.empty();

  private volatile Optional<Outcome> last = Optional.empty();

  HealthEndpoint(InstantSource clock, ReconcilerMetrics metrics) {
    this.clock = clock;
    this.metrics = metrics;
  }

  /// A pass begins.
  void begin() {
    began = Optional.of(clock.instant());
  }

  /// The pass has ended.
  void end(Outcome outcome) {
    last = Optional.of(outcome);
    began = Optional.empty();
  }

  @Override
  public HttpAnswer handle(HttpCall call) {
    if (call.method() != HttpMethod.GET) {
      return HttpAnswer.text(405, "only GET is served here");
    }
    return switch (call.path()) {
      case "/healthz" -> health();
      case "/readyz" -> readiness();
      case "/metrics" ->
          new HttpAnswer(200, new TreeMap<>(), metrics.text())
              .withHeader("content-type", ReconcilerMetrics.CONTENT_TYPE);
      default -> HttpAnswer.text(404, "/healthz, /readyz and /metrics are served here");
    };
  }

  private HttpAnswer health() {
    boolean hangs =
        began.filter(start -> start.plus(LONGEST_PASS).isBefore(clock.instant())).isPresent();
    return hangs ? HttpAnswer.text(503, "a pass hangs since " + began) : HttpAnswer.text(200, "ok");
  }

  private HttpAnswer readiness() {
    Optional<Outcome> outcome = last;
    if (outcome.isEmpty()) {
      return HttpAnswer.text(503, "no pass has ended yet");
    }
    return switch (outcome.get()) {
      case Outcome.Done _ -> HttpAnswer.text(200, "ok");
      case Outcome.Waiting waiting -> HttpAnswer.text(503, "waiting for " + waiting.what());
      case Outcome.Failed failed -> HttpAnswer.text(200, "trying again: " + failed.cause());
      case Outcome.Stalled stalled -> HttpAnswer.text(200, "needs a person: " + stalled.cause());
    };
  }
}
