// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// Which Service is to be looked at when, though nothing happens. Pure; time comes in.
final class Agenda {

  private record Entry(Instant at, ServiceRef service) implements Comparable<Entry> {

    private static final Comparator<Entry> ORDER =
        Comparator.comparing(Entry::at).thenComparing(Entry::service);

    @Override
    public int compareTo(Entry other) {
      return ORDER.compare(this, other);
    }
  }

  /// Service → its time (1:1)
  private final Map<ServiceRef, Instant> times = new HashMap<>();

  /// The same by time.
  private final NavigableSet<Entry> inOrder = new TreeSet<>();

  /// Sets the one time of a Service.
  void set(ServiceRef service, Instant at) {
    cancel(service);
    times.put(service, at);
    inOrder.add(new Entry(at, service));
  }

  void cancel(ServiceRef service) {
    Instant before = times.remove(service);
    if (before != null) {
      inOrder.remove(new Entry(before, service));
    }
  }

  /// Everybody's time is this.
  void allDue(Instant now) {
    List.copyOf(times.keySet()).forEach(service -> set(service, now));
  }

  /// Those whose time has come; they are off the agenda then.
  List<ServiceRef> takeDue(Instant now) {
    List<ServiceRef> due = new ArrayList<>();
    while (!inOrder.isEmpty() && !inOrder.first().at().isAfter(now)) {
      due.add(inOrder.first().service());
      cancel(inOrder.first().service());
    }
    return due;
  }

  /// The next time of all.
  Optional<Instant> next() {
    return inOrder.isEmpty() ? Optional.empty() : Optional.of(inOrder.first().at());
  }
}
