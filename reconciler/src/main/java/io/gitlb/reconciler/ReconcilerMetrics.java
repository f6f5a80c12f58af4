// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LoopFigures;
import io.gitlb.reconciler.loop.LoopFigures.Counters;
import io.gitlb.reconciler.loop.LoopState;
import io.gitlb.reconciler.loop.LoopState.RemoteLedger;
import io.gitlb.reconciler.loop.Outcome;
import io.gitlb.reconciler.webhook.WebhookOutcome;
import io.gitlb.schema.http.HttpBody;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/// What the loop counts, for Prometheus. The loop keeps the figures; a scrape reads the last ones
/// and costs the loop nothing.
final class ReconcilerMetrics {

  /// Prometheus' text format, version 0.0.4.
  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /// Seconds: a pass over nothing new takes microseconds, one with commits and statuses a second.
  private static final double[] PASS_BOUNDS = {
    0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Histogram passSeconds;
  private final Counter passes;
  private final Counter deliveries;
  private volatile Optional<LoopState> last = Optional.empty();

  /// @param lostEvents Events that the adapter had no room for, since the start
  ReconcilerMetrics(LongSupplier lostEvents) {
    passSeconds =
        Histogram.builder()
            .name("gitlb_reconciler_pass_seconds")
            .help("How long a pass took, with the commits and the status writes in it.")
            .classicOnly()
            .classicUpperBounds(PASS_BOUNDS)
            .register(registry);
    passes =
        Counter.builder()
            .name("gitlb_reconciler_passes")
            .help("Passes by how they ended.")
            .labelNames("outcome")
            .register(registry);
    deliveries =
        Counter.builder()
            .name("gitlb_webhook_deliveries")
            .help("Webhook deliveries by sender and what came of them.")
            .labelNames("sender", "outcome")
            .register(registry);
    services();
    addresses();
    counters();
    droppedEvents(lostEvents);
    health();
  }

  /// A pass has ended.
  ///
  /// @param state as the loop knows it now; empty when a defect ended the first pass
  void passed(Duration took, Outcome outcome, Optional<LoopState> state) {
    last = state;
    passSeconds.observe(took.toNanos() / 1e9);
    passes.labelValues(outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT)).inc();
  }

  /// A webhook was delivered.
  void delivered(String sender, WebhookOutcome outcome) {
    deliveries.labelValues(sender, outcome.word()).inc();
  }

  /// The metrics as they are now.
  HttpBody text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create()
          .write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return HttpBody.of(out.toByteArray());
  }

  private void services() {
    GaugeWithCallback.builder()
        .name("gitlb_services")
        .help("Services by condition; the reason is the one in the condition, the Event and log.")
        .labelNames("condition", "status", "reason")
        .callback(
            gauge ->
                figures(
                    figures ->
                        figures
                            .services()
                            .forEach(
                                (kind, count) ->
                                    gauge.call(
                                        count,
                                        kind.type().substring(kind.type().indexOf('/') + 1),
                                        kind.status(),
                                        kind.reason()))))
        .register(registry);
  }

  private void addresses() {
    GaugeWithCallback.builder()
        .name("gitlb_pool_addresses")
        .help("Addresses with a record, by what has become of them.")
        .labelNames("pool", "family", "state")
        .callback(
            gauge ->
                figures(
                    figures ->
                        figures
                            .records()
                            .forEach(
                                (use, count) ->
                                    gauge.call(
                                        count,
                                        use.pool().value(),
                                        use.family().name().toLowerCase(Locale.ROOT),
                                        use.state().text()))))
        .register(registry);
    GaugeWithCallback.builder()
        .name("gitlb_pool_skipped_ranges")
        .help("Ranges of a pool that are never given, because somebody else uses them.")
        .labelNames("pool")
        .callback(
            gauge ->
                figures(
                    figures ->
                        figures
                            .skipped()
                            .forEach((pool, count) -> gauge.call(count, pool.value()))))
        .register(registry);
  }

  private void counters() {
    counter("gitlb_ledger_commits", "Ledger commits.", Counters::ledgerCommits);
    counter("gitlb_status_writes", "Status writes begun.", Counters::statusWrites);
    counter(
        "gitlb_status_write_failures",
        "Writes of a status or its Event that failed.",
        Counters::statusFailures);
    counter("gitlb_events", "Events about Services.", Counters::events);
    CounterWithCallback.builder()
        .name("gitlb_address_conflicts")
        .help("Addresses that somebody else had on the link: before_use, or while announced.")
        .labelNames("kind")
        .callback(
            counter ->
                figures(
                    figures ->
                        figures
                            .counters()
                            .conflicts()
                            .forEach((kind, count) -> counter.call((double) count, kind))))
        .register(registry);
    counter(
        "gitlb_addresses_unprobed",
        "Addresses given although no speaker could say in time whether they are free.",
        Counters::unprobed);
    counter(
        "gitlb_status_fights", "Fights over a status that began: StatusFight.", Counters::fights);
  }

  private void droppedEvents(LongSupplier lost) {
    CounterWithCallback.builder()
        .name("gitlb_events_dropped")
        .help("Events not told: their Service flapped, or too many waited for the API server.")
        .labelNames("cause")
        .callback(
            counter -> {
              figures(
                  figures -> counter.call((double) figures.counters().eventsDropped(), "flapping"));
              counter.call((double) lost.getAsLong(), "queue_full");
            })
        .register(registry);
  }

  private void health() {
    gauge(
        "gitlb_status_fights_now",
        "Services whose status somebody else overwrites again and again.",
        state -> state.figures().fights());
    gauge(
        "gitlb_ledger_behind",
        "Whether commits wait for the ledger's remote: 1 or 0.",
        state -> state.remote() == RemoteLedger.BEHIND ? 1 : 0);
    gauge("gitlb_epoch", "The leader's epoch; 0: not settled.", LoopState::epoch);
    GaugeWithCallback.builder()
        .name("gitlb_reconciler_failures")
        .help("What does not work at the moment, by code.")
        .labelNames("code")
        .callback(
            gauge ->
                last.ifPresent(
                    state ->
                        state.failures().stream()
                            .collect(Collectors.groupingBy(Failure::code, Collectors.counting()))
                            .forEach((code, count) -> gauge.call(count, code))))
        .register(registry);
  }

  private void counter(String name, String help, ToDoubleFunction<Counters> value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(
            counter -> figures(figures -> counter.call(value.applyAsDouble(figures.counters()))))
        .register(registry);
  }

  private void gauge(String name, String help, ToDoubleFunction<LoopState> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(gauge -> last.ifPresent(state -> gauge.call(value.applyAsDouble(state))))
        .register(registry);
  }

  private void figures(Consumer<LoopFigures> use) {
    last.map(LoopState::figures).ifPresent(use);
  }
}
