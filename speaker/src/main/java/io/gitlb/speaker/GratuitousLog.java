// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.announce.Placement;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// When the segment was last told of each address. One thread writes, another one reads; neither
/// waits.
final class GratuitousLog {

  // Address → when a round of it was last sent, by the time of day (1:1).
  private final Map<IpAddress, Instant> last = new ConcurrentHashMap<>();

  /// @param at the time of day
  void sent(IpAddress address, Instant at) {
    last.put(address, at);
  }

  /// What there is of the addresses that are answered; the rest is forgotten.
  Map<IpAddress, Instant> of(Map<IpAddress, Placement> placements) {
    last.keySet().removeIf(address -> !(placements.get(address) instanceof Placement.Answered));
    return Collections.unmodifiableMap(last);
  }
}
