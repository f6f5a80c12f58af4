// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The yardstick of [AllocatorBench]: looks at every address from the first on until one is free,
/// with a map of the ports in use for each, as MetalLB does. It knows no other rule.
final class LinearScan {

  private final IpRange range;

  /// address → port in use → Service
  private final Map<IpAddress, Map<Integer, String>> portsInUse = new HashMap<>();

  LinearScan(IpRange range) {
    this.range = range;
  }

  Optional<IpAddress> assign(String service, int port) {
    Optional<IpAddress> next = Optional.of(range.first());
    while (next.isPresent() && range.contains(next.get())) {
      IpAddress address = next.get();
      if (portsInUse.getOrDefault(address, Map.of()).isEmpty()) {
        portsInUse.computeIfAbsent(address, _ -> new HashMap<>()).put(port, service);
        return next;
      }
      next = address.next();
    }
    return Optional.empty();
  }
}
