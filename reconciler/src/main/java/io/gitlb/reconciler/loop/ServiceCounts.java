// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.loop.LoopFigures.ConditionKind;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How many Services have which condition.
final class ServiceCounts {

  /// Service → its conditions without the words (1:N)
  private final Map<ServiceRef, List<ConditionKind>> kinds = new HashMap<>();

  private final Tally<ConditionKind> tally = new Tally<>();

  /// The Service has these conditions now.
  void set(ServiceRef service, List<Condition> conditions) {
    List<ConditionKind> now =
        conditions.stream()
            .map(
                condition ->
                    new ConditionKind(condition.type(), condition.status(), condition.reason()))
            .toList();
    List<ConditionKind> before = now.isEmpty() ? kinds.remove(service) : kinds.put(service, now);
    if (!now.equals(before)) {
      now.forEach(tally::add);
      if (before != null) {
        before.forEach(tally::remove);
      }
    }
  }

  /// condition → how many Services have it
  SnapshotMap<ConditionKind, Integer> counts() {
    return tally.counts();
  }
}
