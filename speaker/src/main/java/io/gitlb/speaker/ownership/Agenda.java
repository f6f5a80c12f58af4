// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is to be looked at, when, and which probes that leads to.
final class Agenda {

  private final Set<IpAddress> dirty = new HashSet<>();
  private final TreeMap<Instant, Set<IpAddress>> timers = new TreeMap<>();
  private SortedSet<IpAddress> begin = new TreeSet<>();
  private SortedSet<IpAddress> end = new TreeSet<>();
  private boolean changed = true;

  /// Something is news that concerns no address.
  void news() {
    changed = true;
  }

  void look(IpAddress address) {
    dirty.add(address);
    changed = true;
  }

  void look(Collection<IpAddress> addresses) {
    dirty.addAll(addresses);
    changed = true;
  }

  void lookAt(Instant when, IpAddress address) {
    timers.computeIfAbsent(when, key -> new HashSet<>()).add(address);
  }

  void lookAt(Instant when, Collection<IpAddress> addresses) {
    timers.computeIfAbsent(when, key -> new HashSet<>()).addAll(addresses);
  }

  void probe(IpAddress address) {
    begin.add(address);
  }

  void endProbe(IpAddress address) {
    if (!begin.remove(address)) {
      end.add(address);
    }
  }

  /// Whether anything is to be looked at by now.
  boolean due(Instant now) {
    while (!timers.isEmpty() && !timers.firstKey().isAfter(now)) {
      look(timers.pollFirstEntry().getValue());
    }
    return changed;
  }

  /// The addresses to look at; they are taken off.
  List<IpAddress> takeDirty() {
    List<IpAddress> taken = new ArrayList<>(dirty);
    dirty.clear();
    changed = false;
    return taken;
  }

  SortedSet<IpAddress> takeProbesToBegin() {
    SortedSet<IpAddress> taken = begin;
    begin = new TreeSet<>();
    return taken;
  }

  SortedSet<IpAddress> takeProbesToEnd() {
    SortedSet<IpAddress> taken = end;
    end = new TreeSet<>();
    return taken;
  }

  Optional<Instant> nextDue() {
    return timers.isEmpty() ? Optional.empty() : Optional.of(timers.firstKey());
  }
}
