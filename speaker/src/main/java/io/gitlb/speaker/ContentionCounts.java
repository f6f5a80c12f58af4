// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.speaker.l2.HolderKind;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts what probing and watching over held addresses did since the start; from any thread.
final class ContentionCounts {

  private final LongAdder probesSent = new LongAdder();
  private final LongAdder probesNotSent = new LongAdder();
  private final LongAdder probesAnswered = new LongAdder();
  private final LongAdder defences = new LongAdder();
  // Kind → conflicts reported (1:1); filled in the constructor and not changed after it.
  private final Map<HolderKind, LongAdder> conflicts = new EnumMap<>(HolderKind.class);

  ContentionCounts() {
    for (HolderKind kind : HolderKind.values()) {
      conflicts.put(kind, new LongAdder());
    }
  }

  /// A probe went out, or the kernel did not take it.
  void probe(Sending sending) {
    switch (sending) {
      case TAKEN -> probesSent.increment();
      case REFUSED -> probesNotSent.increment();
    }
  }

  /// What became of a frame.
  enum Sending {
    TAKEN,
    REFUSED
  }

  /// Somebody answered in a round.
  void answered() {
    probesAnswered.increment();
  }

  void defended() {
    defences.increment();
  }

  void conflict(HolderKind kind) {
    LongAdder count = conflicts.get(kind);
    if (count != null) {
      count.increment();
    }
  }

  /// Permanent name → count, as in the status and in the metrics.
  SortedMap<String, Long> values() {
    SortedMap<String, Long> values = new TreeMap<>();
    values.put("probes_sent", probesSent.sum());
    values.put("probes_not_sent", probesNotSent.sum());
    values.put("probes_answered", probesAnswered.sum());
    values.put("defences", defences.sum());
    conflicts.forEach((kind, count) -> values.put(name(kind), count.sum()));
    return Collections.unmodifiableSortedMap(values);
  }

  private static String name(HolderKind kind) {
    return switch (kind) {
      case FOREIGN -> "conflicts_foreign";
      case OTHER_ANNOUNCER_ON_NODE -> "conflicts_other_announcer_on_node";
      case KERNEL_ANSWERS -> "conflicts_kernel_answers";
    };
  }
}
