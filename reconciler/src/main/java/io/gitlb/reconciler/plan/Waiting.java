// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Who waits for what, so that a change wakes those whom it can serve and nobody else.
final class Waiting {

  /// what is waited for → whose turn it is when it comes
  private final Map<WakeKey, NavigableSet<Turn>> byKey = new HashMap<>();

  /// Service → what it waits for
  private final Map<ServiceRef, Entry> entries = new HashMap<>();

  private final NavigableSet<Alarm> alarms = new TreeSet<>();

  private final BlockWants blocks = new BlockWants();

  private record Entry(
      Turn turn, Set<WakeKey> keys, Optional<Instant> at, BlockWants.Share blocks) {}

  private record Alarm(Instant at, Turn turn) implements Comparable<Alarm> {

    @Override
    public int compareTo(Alarm other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : turn.compareTo(other.turn);
    }
  }

  /// The Service waits for what it needs.
  void join(Turn turn, Needs needs) {
    Set<WakeKey> keys = Set.copyOf(needs.keys());
    entries.put(turn.service(), new Entry(turn, keys, needs.at(), needs.blocks()));
    blocks.add(needs.blocks());
    keys.forEach(key -> byKey.computeIfAbsent(key, _ -> new TreeSet<>()).add(turn));
    needs.at().ifPresent(at -> alarms.add(new Alarm(at, turn)));
  }

  /// The Service waits for nothing.
  void leave(ServiceRef service) {
    Entry entry = entries.remove(service);
    if (entry == null) {
      return;
    }
    blocks.remove(entry.blocks());
    for (WakeKey key : entry.keys()) {
      NavigableSet<Turn> turns = byKey.get(key);
      if (turns != null) {
        turns.remove(entry.turn());
        if (turns.isEmpty()) {
          byKey.remove(key);
        }
      }
    }
    entry.at().ifPresent(at -> alarms.remove(new Alarm(at, entry.turn())));
  }

  /// Who waits for this, in the order of their turns.
  List<ServiceRef> waitingFor(WakeKey key) {
    NavigableSet<Turn> turns = byKey.get(key);
    return turns == null ? List.of() : turns.stream().map(Turn::service).toList();
  }

  /// The first who waits for this and whose turn comes after that one.
  Optional<Turn> nextWaitingFor(WakeKey key, Optional<Turn> after) {
    NavigableSet<Turn> turns = byKey.get(key);
    if (turns == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        after.isPresent() ? turns.higher(after.get()) : turns.isEmpty() ? null : turns.first());
  }

  /// Those whose time has come.
  List<ServiceRef> due(Instant now) {
    return alarms.stream()
        .takeWhile(alarm -> !alarm.at().isAfter(now))
        .map(alarm -> alarm.turn().service())
        .toList();
  }

  /// The blocks of shared pools that they need.
  BlockWants blocks() {
    return blocks;
  }

  /// When the next one's time comes.
  Optional<Instant> nextAlarm() {
    return alarms.isEmpty() ? Optional.empty() : Optional.of(alarms.first().at());
  }
}
