// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerBatch.FileEdit;
import io.gitlb.reconciler.loop.FactsKeeper.Scene;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FactsKeeperTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final ViewBuilder view =
      new ViewBuilder().node("a").service(service("shop/web")).service(service("bank/db"));
  private FactsKeeper keeper = new FactsKeeper(HOUR);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Ledger ledger = Ledger.EMPTY;
  private String commit = "1";

  /// The paths that a pass writes.
  private List<String> pass() {
    Scene scene = new Scene(view.build(), new TreeSet<>(), SnapshotMap.empty());
    List<LedgerBatch> batches = keeper.due(now, commit, scene, ledger);
    batches.forEach(batch -> ledger = ledger.with(batch));
    return batches.stream().flatMap(batch -> batch.files().stream()).map(FileEdit::path).toList();
  }

  private FactsKeeperTest after(Duration time) {
    now = now.plus(time);
    return this;
  }

  @Test
  void theFirstPassWritesAndACalmClusterNothingMore() {
    assertEquals(
        List.of(
            "facts/as-of.yaml",
            "facts/namespaces.yaml",
            "facts/nodes.yaml",
            "facts/services/bank.yaml",
            "facts/services/shop.yaml"),
        pass());
    assertEquals(List.of(), after(HOUR).pass());
    assertEquals(List.of(), after(HOUR).pass());
    assertEquals(Optional.empty(), keeper.next());
  }

  @Test
  void aChangeIsWrittenWithinTheHourAndOnlyItsFiles() {
    pass();
    view.service(ServiceBuilder.of(view.service("shop/web")).labels("tier=front"));
    assertEquals(List.of(), after(HOUR.minusSeconds(1)).pass());
    assertEquals(now.plusSeconds(1), keeper.next().orElseThrow());
    assertEquals(
        List.of("facts/as-of.yaml", "facts/services/shop.yaml"),
        after(Duration.ofSeconds(1)).pass());
    assertEquals(Optional.empty(), keeper.next());
  }

  @Test
  void aStatusIsNoFact() {
    pass();
    view.service(ServiceBuilder.of(view.service("shop/web")).status("10.0.0.1"));
    assertEquals(List.of(), after(HOUR).pass());
  }

  @Test
  void anotherConfigCommitIsAReasonToLookAtOnce() {
    pass();
    commit = "2";
    assertEquals(List.of(), pass());
    view.without("bank/db");
    commit = "3";
    assertEquals(
        List.of("facts/as-of.yaml", "facts/namespaces.yaml", "facts/services/bank.yaml"), pass());
    assertEquals(false, ledger.files().containsKey("facts/services/bank.yaml"));
  }

  @Test
  void aNewProcessGoesOnFromWhatTheLedgerSays() {
    pass();
    keeper = new FactsKeeper(HOUR);
    view.without("bank/db");
    assertEquals(List.of(), after(HOUR.minusSeconds(1)).pass());
    assertEquals(3, after(Duration.ofSeconds(1)).pass().size());
  }

  @Test
  void whatDidNotGetToTheDiskIsWrittenInTheNextPass() {
    Scene scene = new Scene(view.build(), new TreeSet<>(), SnapshotMap.empty());
    keeper.due(now, commit, scene, ledger);
    keeper.failed();
    assertEquals(5, pass().size());
  }

  @Test
  void noneAreWrittenWhereNobodyWantsThem() {
    keeper = new FactsKeeper(Duration.ZERO);
    assertEquals(List.of(), pass());
    assertEquals(Optional.empty(), keeper.next());
  }
}
