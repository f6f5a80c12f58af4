// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.plan.Plan.Skipped;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says once of each range of a pool that it is never given, because somebody else uses it.
final class SkippedRanges {

  private static final Logger log = LoggerFactory.getLogger(SkippedRanges.class);

  private List<Skipped> last = List.of();
  private SnapshotMap<PoolName, Integer> counts = SnapshotMap.empty();

  void follow(List<Skipped> skipped) {
    if (skipped.equals(last)) {
      return;
    }
    Set<Skipped> before = new HashSet<>(last);
    Tally<PoolName> tally = new Tally<>();
    for (Skipped one : skipped) {
      tally.add(one.pool());
      if (!before.contains(one)) {
        log.warn("pool {}: {} is never given: {}", one.pool(), one.range(), one.use());
      }
    }
    counts = tally.counts();
    last = skipped;
  }

  /// pool → how many of its ranges
  SnapshotMap<PoolName, Integer> counts() {
    return counts;
  }
}
