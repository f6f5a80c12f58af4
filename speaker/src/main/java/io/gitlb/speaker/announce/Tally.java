// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.speaker.announce.PeerExport.Attributes;
import java.util.HashMap;
import java.util.Map;

/// The attributes that addresses want for a route which they share, such as one to their aggregate.
/// Immutable.
///
/// @param counts attributes → how many want these, at least one
/// @param merged what the route has
record Tally(Map<Attributes, Integer> counts, Attributes merged) {

  /// Of one address.
  static Tally of(Attributes attributes) {
    return new Tally(Map.of(attributes, 1), attributes);
  }

  private static Tally of(Map<Attributes, Integer> counts) {
    return new Tally(
        Map.copyOf(counts), counts.keySet().stream().reduce(Attributes::and).orElseThrow());
  }

  /// With one more address.
  Tally plus(Attributes attributes) {
    Map<Attributes, Integer> more = new HashMap<>(counts);
    more.merge(attributes, 1, Integer::sum);
    return counts.containsKey(attributes) ? new Tally(Map.copyOf(more), merged) : of(more);
  }

  /// Whether [#minus] leaves nothing.
  boolean isLast(Attributes attributes) {
    return counts.size() == 1 && counts.getOrDefault(attributes, 0) == 1;
  }

  /// Without one that wanted these, and is not the last.
  Tally minus(Attributes attributes) {
    Map<Attributes, Integer> fewer = new HashMap<>(counts);
    fewer.computeIfPresent(attributes, (_, count) -> count == 1 ? null : count - 1);
    return fewer.containsKey(attributes) ? new Tally(Map.copyOf(fewer), merged) : of(fewer);
  }
}
