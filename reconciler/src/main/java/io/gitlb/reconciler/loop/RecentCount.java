// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// How often something happened to each Service within the last minute. Pure; time comes in.
final class RecentCount {

  private static final Duration WINDOW = Duration.ofMinutes(1);

  private record Happening(Instant at, ServiceRef service) {}

  /// The oldest first.
  private final Deque<Happening> inOrder = new ArrayDeque<>();

  /// Service → how many of them are about it
  private final Map<ServiceRef, Integer> counts = new HashMap<>();

  /// It happens now.
  ///
  /// @return how often it did within the minute that ends now, this time included
  int add(ServiceRef service, Instant now) {
    inOrder.add(new Happening(now, service));
    counts.merge(service, 1, Integer::sum);
    return count(service, now);
  }

  /// How often it did within the minute that ends now.
  int count(ServiceRef service, Instant now) {
    while (!inOrder.isEmpty() && !inOrder.getFirst().at().plus(WINDOW).isAfter(now)) {
      counts.computeIfPresent(
          inOrder.removeFirst().service(), (_, count) -> count == 1 ? null : count - 1);
    }
    return counts.getOrDefault(service, 0);
  }
}
