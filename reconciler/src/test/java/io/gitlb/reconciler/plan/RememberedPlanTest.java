// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.facts.Facts;
import io.gitlb.reconciler.facts.FactsReader;
import io.gitlb.reconciler.facts.FactsText;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Facts are good when nobody can tell them from the cluster by the plans.
class RememberedPlanTest {

  private static final int EVENTS = 40;

  @Test
  void aPlanFromFactsIsThePlanFromTheCluster() {
    int rounds = 60 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      long seed = 20_261_121L + round;
      RandomWorld world = new RandomWorld(new Random(seed));
      for (int event = 0; event < EVENTS; event++) {
        world.happen();
      }
      PlanInput live = closed(world.input(), world.input().view());
      PlanInput remembered = closed(live, remembered(live.view()));
      Plan expected = Planner.planOnce(live);
      Plan plan = Planner.planOnce(remembered);
      String story = "seed " + seed + "\n  " + world.story();
      assertEquals(expected.decisions(), plan.decisions(), story);
      assertEquals(expected.edits(), plan.edits(), story);
      assertEquals(expected.nextChange(), plan.nextChange(), story);
    }
  }

  private static ClusterView remembered(ClusterView view) {
    Facts facts =
        new Facts(
            Instant.parse("2026-01-01T00:00:00Z"), view, new TreeSet<>(), SnapshotMap.empty());
    SortedMap<String, String> files = new TreeMap<>(FactsText.files(facts));
    files.put(Facts.AS_OF, FactsText.asOf(facts.asOf(), view.clusterUid()));
    FactsReader.Read read = FactsReader.read(files);
    assertEquals(List.of(), read.unreadable());
    return read.facts().orElseThrow().view();
  }

  /// Nothing is adopted from facts: they have no statuses.
  private static PlanInput closed(PlanInput input, ClusterView view) {
    return new PlanInput(
        input.definitions(),
        input.configCommit(),
        input.previousCommit(),
        input.ledger(),
        view,
        input.speakers(),
        Adoption.CLOSED,
        input.now());
  }
}
