// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the loop counts, for metrics. Immutable; kept by what changes, never by looking at all.
///
/// @param services condition without its words → how many Services have it
/// @param records pool, family and state → how many addresses have such a record
/// @param skipped pool → how many of its address ranges are never given, because somebody else uses
///   them
/// @param fights how many Services' statuses somebody else overwrites again and again now
/// @param counters since the start
public record LoopFigures(
    SnapshotMap<ConditionKind, Integer> services,
    SnapshotMap<AddressUse, Integer> records,
    SnapshotMap<PoolName, Integer> skipped,
    int fights,
    Counters counters) {

  /// Since the start of the process.
  ///
  /// @param ledgerCommits written to the local branch
  /// @param statusWrites begun, with those that failed
  /// @param statusFailures writes of a status or an Event that failed
  /// @param events handed to the API
  /// @param eventsDropped not told because their Services had too many
  /// @param fights that began
  /// @param conflicts kind → how many began: `before_use`, of addresses found taken on the link
  ///   before a Service was told of them, and of announced ones `foreign`,
  ///   `other_announcer_on_node` and `kernel_answers`
  /// @param unprobed addresses given although no speaker could say in time whether they are free
  public record Counters(
      long ledgerCommits,
      long statusWrites,
      long statusFailures,
      long events,
      long eventsDropped,
      long fights,
      SortedMap<String, Long> conflicts,
      long unprobed) {

    public Counters {
      conflicts = Collections.unmodifiableSortedMap(new TreeMap<>(conflicts));
    }
  }

  /// A condition without its message.
  ///
  /// @param type `gitlb.io/Allocated` or `gitlb.io/Announced`
  /// @param status `True`, `False` or `Unknown`
  /// @param reason as in the condition, the Event and the log
  public record ConditionKind(String type, String status, String reason)
      implements Comparable<ConditionKind> {

    private static final Comparator<ConditionKind> ORDER =
        Comparator.comparing(ConditionKind::type)
            .thenComparing(ConditionKind::status)
            .thenComparing(ConditionKind::reason);

    @Override
    public int compareTo(ConditionKind other) {
      return ORDER.compare(this, other);
    }
  }

  /// What has become of addresses of a pool.
  public record AddressUse(PoolName pool, IpFamily family, State state)
      implements Comparable<AddressUse> {

    private static final Comparator<AddressUse> ORDER =
        Comparator.comparing(AddressUse::pool)
            .thenComparing(AddressUse::family)
            .thenComparing(AddressUse::state);

    @Override
    public int compareTo(AddressUse other) {
      return ORDER.compare(this, other);
    }
  }
}
