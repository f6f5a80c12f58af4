// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.speaker.l2.DropReason;
import io.gitlb.speaker.l2.Verdict;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// How many captured frames were answered, and how many dropped for which reason. Any thread
/// counts, any thread reads.
final class VerdictCounts {

  private final LongAdder replies = new LongAdder();
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

  long replies() {
    return replies.sum();
  }

  long drops(DropReason reason) {
    return adder(reason).sum();
  }

  private LongAdder adder(DropReason reason) {
    LongAdder adder = drops.get(reason);
    if (adder == null) {
      throw new AssertionError(reason);
    }
    return adder;
  }
}
