// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LoopFigures;
import io.gitlb.reconciler.loop.LoopFigures.AddressUse;
import io.gitlb.reconciler.loop.LoopFigures.ConditionKind;
import io.gitlb.reconciler.loop.LoopFigures.Counters;
import io.gitlb.reconciler.loop.LoopState;
import io.gitlb.reconciler.loop.Outcome;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HealthEndpointTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final ReconcilerMetrics metrics = new ReconcilerMetrics(() -> 17);
  private final HealthEndpoint health = new HealthEndpoint(() -> NOW, metrics);

  private HttpAnswer get(String path) {
    return health.handle(HttpCall.get(path));
  }

  @Test
  void metricsAreThereBeforeTheFirstPass() {
    HttpAnswer answer = get("/metrics");
    assertEquals(200, answer.status());
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8", answer.header("content-type").orElseThrow());
    assertTrue(answer.body().text().contains("gitlb_reconciler_pass_seconds_count 0\n"));
  }

  @Test
  void metricsTellWhatTheLoopCounts() {
    Outcome done = new Outcome.Done(Optional.empty());
    metrics.passed(Duration.ofMillis(3), done, Optional.of(state(done)));
    String text = get("/metrics").body().text();
    for (String line :
        List.of(
            "gitlb_services{condition=\"Allocated\",reason=\"NoFreeAddress\",status=\"False\"} 7.0",
            "gitlb_pool_addresses{family=\"ipv4\",pool=\"lan\",state=\"allocated\"} 9.0",
            "gitlb_pool_skipped_ranges{pool=\"lan\"} 2.0",
            "gitlb_reconciler_passes_total{outcome=\"done\"} 1.0",
            "gitlb_reconciler_pass_seconds_bucket{le=\"0.005\"} 1",
            "gitlb_ledger_commits_total 11.0",
            "gitlb_status_writes_total 12.0",
            "gitlb_status_write_failures_total 13.0",
            "gitlb_events_total 14.0",
            "gitlb_events_dropped_total{cause=\"flapping\"} 15.0",
            "gitlb_events_dropped_total{cause=\"queue_full\"} 17.0",
            "gitlb_status_fights_total 16.0",
            "gitlb_address_conflicts_total{kind=\"foreign\"} 17.0",
            "gitlb_status_fights_now 1.0",
            "gitlb_ledger_behind 1.0",
            "gitlb_reconciler_failures{code=\"GLB5005\"} 1.0")) {
      assertTrue(text.contains(line + "\n"), () -> line + " in\n" + text);
    }
  }

  private static LoopState state(Outcome outcome) {
    return new LoopState(
        NOW,
        outcome,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Ledger.EMPTY,
        "",
        LoopState.RemoteLedger.BEHIND,
        1,
        SnapshotMap.empty(),
        SnapshotMap.empty(),
        SnapshotMap.empty(),
        List.of(new Failure("GLB5005", "a fight")),
        new LoopFigures(
            SnapshotMap.<ConditionKind, Integer>empty()
                .with(new ConditionKind("gitlb.io/Allocated", "False", "NoFreeAddress"), 7),
            SnapshotMap.<AddressUse, Integer>empty()
                .with(new AddressUse(new PoolName("lan"), IpFamily.IPV4, State.ALLOCATED), 9),
            SnapshotMap.<PoolName, Integer>empty().with(new PoolName("lan"), 2),
            1,
            new Counters(11, 12, 13, 14, 15, 16, new TreeMap<>(Map.of("foreign", 17L)), 18)));
  }

  @Test
  void whoHasDoneNoPassIsNotReady() {
    assertEquals(503, get("/readyz").status());
    assertEquals(200, get("/healthz").status());
    health.end(new Outcome.Done(Optional.empty()));
    assertEquals(200, get("/readyz").status());
  }

  @Test
  void nothingElseIsServed() {
    assertEquals(404, get("/").status());
    assertEquals(
        405, health.handle(HttpCall.put("/metrics", "text/plain", HttpBody.EMPTY)).status());
  }
}
