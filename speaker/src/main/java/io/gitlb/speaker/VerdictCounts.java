// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.speaker.l2.DropReason;
import io.gitlb.speaker.l2.Verdict;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// How many captured frames were answered, how many dropped for which reason, how many were sent
/// unasked, and how often and how long none could be. Any thread counts, any thread reads.
final class VerdictCounts {

  private final LongAdder replies = new LongAdder();
  private final LongAdder gratuitous = new LongAdder();
  private final LongAdder gratuitousNotSent = new LongAdder();
  private final LongAdder pauses = new LongAdder();
  private final LongAdder pausedMillis = new LongAdder();
  private final LongAccumulator longestPauseMillis = new LongAccumulator(Math::max, 0);
  // Reason → frames dropped for it (1:1); every reason is there from the start.
  private final Map<DropReason, LongAdder> drops = new EnumMap<>(DropReason.class);

  VerdictCounts() {
    for (DropReason reason : DropReason.values()) {
      drops.put(reason, new LongAdder());
    }
  }

  void count(Verdict verdict) {
    switch (verdict) {
      case Verdict.Reply _ -> replies.increment();
      case Verdict.Drop(DropReason reason) -> adder(reason).increment();
    }
  }

  /// So many gratuitous frames went out, or the kernel did not take them.
  void gratuitous(int taken, int refused) {
    gratuitous.add(taken);
    gratuitousNotSent.add(refused);
  }

  /// The owner of layer 2 did not look for so long, which shut the fence: this process or its
  /// machine stood still, or had too little processor time.
  void paused(Duration away) {
    pauses.increment();
    pausedMillis.add(away.toMillis());
    longestPauseMillis.accumulate(away.toMillis());
  }

  long replies() {
    return replies.sum();
  }

  long drops(DropReason reason) {
    return adder(reason).sum();
  }

  /// Permanent name → count, as in the status and in the metrics.
  SortedMap<String, Long> values() {
    SortedMap<String, Long> values = new TreeMap<>();
    values.put("frames_answered", replies());
    values.put("gratuitous_sent", gratuitous.sum());
    values.put("gratuitous_not_sent", gratuitousNotSent.sum());
    values.put("pauses", pauses.sum());
    values.put("pauses_milliseconds", pausedMillis.sum());
    values.put("pauses_longest_milliseconds", longestPauseMillis.get());
    drops.forEach(
        (reason, count) ->
            values.put("frames_dropped_" + reason.name().toLowerCase(Locale.ROOT), count.sum()));
    return Collections.unmodifiableSortedMap(values);
  }

  private LongAdder adder(DropReason reason) {
    LongAdder adder = drops.get(reason);
    if (adder == null) {
      throw new AssertionError(reason);
    }
    return adder;
  }
}
