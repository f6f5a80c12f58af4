// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The gates of all `healthCheckNodePort`s: whom to ask when, and what follows.
///
/// Each port is asked as often as [#interval] says, at most once at a time. 200 opens its gate and
/// 503 shuts it at once: these are the two words of the Kubernetes service proxies. Anything else,
/// silence included, is a miss; the second in a row makes an open gate [Gate#SILENT] and changes no
/// other.
public final class HealthGates {

  /// Between two questions to one port when there are few: a router should hear within 300 ms that
  /// the last endpoint is gone.
  static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  /// Between two questions to one port when there are many, and after a miss.
  public static final Duration LONGEST_INTERVAL = Duration.ofMillis(250);

  /// Questions to all ports together are this far apart at least, as long as [#LONGEST_INTERVAL]
  /// allows it: 4,000 a second.
  private static final Duration SHARE = Duration.ofNanos(250_000);

  /// A question that is not answered within this is a miss.
  public static final Duration PATIENCE = Duration.ofMillis(200);

  /// Between two questions to a port that has not answered for long.
  public static final Duration SLOW_INTERVAL = Duration.ofSeconds(1);

  private static final int MISSES_TO_SILENCE = 2;
  private static final int MISSES_TO_SLOWNESS = 8;
  private static final int ENDPOINT = 200;
  private static final int NO_ENDPOINT = 503;

  // Ports are spread over the interval by this, a number without a common factor with most.
  private static final int SPREAD = 37;

  // Port → what is known of it (1:1).
  private final TreeMap<Integer, Entry> entries = new TreeMap<>();

  private boolean changed;

  // When → the ports that have something due then (1:N), each port once.
  private final TreeMap<Instant, TreeSet<Integer>> agenda = new TreeMap<>();

  /// What is to be done now.
  ///
  /// @param ask ports to ask; each is answered by one [#answered] or [#missed]
  /// @param giveUp ports whose question has been open for too long: a miss already
  public record Step(SortedSet<Integer> ask, SortedSet<Integer> giveUp) {}

  private static final class Entry {
    Gate gate = Gate.UNKNOWN;
    int misses;
    boolean asked;
    boolean first = true;
    Instant asking;
    Instant due;

    Entry(Instant due) {
      this.due = due;
      this.asking = due;
    }
  }

  /// The whole set of ports. A new one is asked at once; one that is not there any more is
  /// forgotten.
  public void ports(SortedSet<Integer> ports, Instant now) {
    for (int gone : entries.keySet().stream().filter(port -> !ports.contains(port)).toList()) {
      unplan(gone);
      entries.remove(gone);
      changed = true;
    }
    for (int port : ports) {
      if (!entries.containsKey(port)) {
        Entry entry = new Entry(now);
        entries.put(port, entry);
        plan(port, entry, now);
      }
    }
  }

  /// What is due now.
  public Step advance(Instant now) {
    TreeSet<Integer> ask = new TreeSet<>();
    TreeSet<Integer> giveUp = new TreeSet<>();
    while (!agenda.isEmpty() && !agenda.firstKey().isAfter(now)) {
      for (int port : agenda.pollFirstEntry().getValue()) {
        Entry entry = entry(port);
        if (entry.asked) {
          giveUp.add(port);
          miss(port, entry);
        } else {
          ask.add(port);
          entry.asked = true;
          entry.asking = now;
          plan(port, entry, now.plus(PATIENCE));
        }
      }
    }
    return new Step(ask, giveUp);
  }

  /// A port was answered for. Does nothing for one that is not asked.
  ///
  /// @param status of HTTP
  public void answered(int port, int status) {
    Entry entry = entries.get(port);
    if (entry == null || !entry.asked) {
      return;
    }
    if (status != ENDPOINT && status != NO_ENDPOINT) {
      miss(port, entry);
      return;
    }
    entry.misses = 0;
    again(port, entry);
    set(entry, status == ENDPOINT ? Gate.OPEN : Gate.SHUT);
  }

  /// Nobody answers at a port, or not in HTTP. Does nothing for one that is not asked.
  public void missed(int port) {
    Entry entry = entries.get(port);
    if (entry != null && entry.asked) {
      miss(port, entry);
    }
  }

  private void miss(int port, Entry entry) {
    entry.misses++;
    again(port, entry);
    if (entry.gate == Gate.OPEN && entry.misses >= MISSES_TO_SILENCE) {
      set(entry, Gate.SILENT);
    }
  }

  private void set(Entry entry, Gate gate) {
    changed |= entry.gate != gate;
    entry.gate = gate;
  }

  private void again(int port, Entry entry) {
    unplan(port);
    entry.asked = false;
    plan(port, entry, entry.asking.plus(pause(port, entry)));
    entry.first = false;
  }

  private Duration pause(int port, Entry entry) {
    if (entry.first) {
      return Duration.ofMillis(1 + Math.floorMod((long) port * SPREAD, interval().toMillis()));
    }
    if (entry.misses >= MISSES_TO_SLOWNESS) {
      return SLOW_INTERVAL;
    }
    return entry.misses > 0 ? LONGEST_INTERVAL : interval();
  }

  /// Between two questions to one port that answers: the fewer ports there are the shorter.
  Duration interval() {
    Duration fair = SHARE.multipliedBy(entries.size());
    if (fair.compareTo(SHORTEST_INTERVAL) <= 0) {
      return SHORTEST_INTERVAL;
    }
    return fair.compareTo(LONGEST_INTERVAL) < 0 ? fair : LONGEST_INTERVAL;
  }

  private void plan(int port, Entry entry, Instant due) {
    entry.due = due;
    agenda.computeIfAbsent(due, _ -> new TreeSet<>()).add(port);
  }

  private void unplan(int port) {
    Instant due = entry(port).due;
    SortedSet<Integer> ports = agenda.get(due);
    if (ports != null && ports.remove(port) && ports.isEmpty()) {
      agenda.remove(due);
    }
  }

  private Entry entry(int port) {
    Entry entry = entries.get(port);
    if (entry == null) {
      throw new IllegalStateException("nothing is known of port " + port);
    }
    return entry;
  }

  /// When [#advance] has something to do again.
  public Optional<Instant> nextDue() {
    return agenda.isEmpty() ? Optional.empty() : Optional.of(agenda.firstKey());
  }

  /// Port → its gate (1:1), when that is another than at the last call.
  public Optional<SortedMap<Integer, Gate>> takeChange() {
    if (!changed) {
      return Optional.empty();
    }
    changed = false;
    return Optional.of(gates());
  }

  /// Port → its gate (1:1).
  public SortedMap<Integer, Gate> gates() {
    SortedMap<Integer, Gate> gates = new TreeMap<>();
    entries.forEach((port, entry) -> gates.put(port, entry.gate));
    return Collections.unmodifiableSortedMap(gates);
  }
}
