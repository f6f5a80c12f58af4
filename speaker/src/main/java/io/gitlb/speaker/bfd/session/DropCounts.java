// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.DropReason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// How many packets had no effect, by reason. Counted by one thread, read by any.
final class DropCounts {

  // reason → count (1:1); every reason is there from the start, so the map itself never changes
  private final Map<DropReason, LongAdder> counts = new EnumMap<>(DropReason.class);

  DropCounts() {
    for (DropReason reason : DropReason.values()) {
      counts.put(reason, new LongAdder());
    }
  }

  void count(DropReason reason) {
    LongAdder counter = counts.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /// In lower case.
  SortedMap<String, Long> byName() {
    SortedMap<String, Long> all = new TreeMap<>();
    counts.forEach((reason, count) -> all.put(reason.name().toLowerCase(Locale.ROOT), count.sum()));
    return all;
  }
}
