// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.Placement.Reason;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.health.Gate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which addresses have their routes told: those without a health port, and those whose gate is not
/// shut. Of a gate that nobody knows yet it stays what it was. None that is barred. Kept up at the
/// cost of what changes; one owner.
final class OpenAddresses {

  private final PortIndex index = new PortIndex();

  private SnapshotMap<IpAddress, Announcement> announcements = SnapshotMap.empty();

  // Health port → what is said there (1:1).
  private SortedMap<Integer, Gate> gates = Collections.emptySortedMap();

  // Address that has no routes told, whatever its gate → why (1:1).
  private SnapshotMap<IpAddress, Reason> barred = SnapshotMap.empty();

  // The announcements whose routes are told.
  private SnapshotMap<IpAddress, Announcement> told = SnapshotMap.empty();

  // The others of those with a health port or a bar → why (1:1).
  private SnapshotMap<IpAddress, Reason> withheld = SnapshotMap.empty();

  // Those of them whose gate nobody knows yet.
  private final Set<IpAddress> unknown = new TreeSet<>();

  /// Goes over to these announcements.
  void follow(SnapshotMap<IpAddress, Announcement> next) {
    for (SnapshotMap.Change<IpAddress, Announcement> change : next.changesSince(announcements)) {
      change.after().ifPresentOrElse(this::judge, () -> forget(change.key()));
    }
    index.follow(next);
    announcements = next;
  }

  /// The ports that some address has.
  SortedSet<Integer> healthPorts() {
    return index.ports();
  }

  /// The service proxy of this node says other things of its endpoints.
  ///
  /// @param byPort `healthCheckNodePort` → what it says (1:1), the whole set
  void gates(SortedMap<Integer, Gate> byPort) {
    SortedMap<Integer, Gate> before = gates;
    gates = byPort;
    TreeSet<Integer> ports = new TreeSet<>(before.keySet());
    ports.addAll(byPort.keySet());
    for (int port : ports) {
      if (before.getOrDefault(port, Gate.UNKNOWN) != byPort.getOrDefault(port, Gate.UNKNOWN)) {
        index.addresses(port).forEach(one -> announcements.find(one).ifPresent(this::judge));
      }
    }
  }

  /// Other addresses are barred.
  ///
  /// @param next address → why (1:1), the whole set
  /// @return whether that is another set
  boolean bar(SnapshotMap<IpAddress, Reason> next) {
    List<SnapshotMap.Change<IpAddress, Reason>> changes = next.changesSince(barred);
    barred = next;
    changes.forEach(change -> announcements.find(change.key()).ifPresent(this::judge));
    return !changes.isEmpty();
  }

  private void judge(Announcement announcement) {
    IpAddress address = announcement.address();
    Optional<Reason> bar =
        announcement.routes().isEmpty() ? Optional.empty() : barred.find(address);
    if (bar.isPresent()) {
      forget(address);
      withheld = withheld.with(address, bar.get());
      return;
    }
    Gate gate =
        announcement.healthCheckNodePort().isPresent()
            ? gates.getOrDefault(announcement.healthCheckNodePort().getAsInt(), Gate.UNKNOWN)
            : Gate.OPEN;
    boolean open =
        switch (gate) {
          case OPEN, SILENT -> true;
          case SHUT -> false;
          // As it was, until somebody says something.
          case UNKNOWN -> told.containsKey(address);
        };
    if (open || gate != Gate.UNKNOWN) {
      unknown.remove(address);
    } else {
      unknown.add(address);
    }
    if (open) {
      told = told.with(address, announcement);
      withheld = withheld.without(address);
    } else {
      told = told.without(address);
      withheld = withheld.with(address, Decisions.behind(gate));
    }
  }

  private void forget(IpAddress address) {
    told = told.without(address);
    withheld = withheld.without(address);
    unknown.remove(address);
  }

  /// The announcements whose routes are told.
  SnapshotMap<IpAddress, Announcement> told() {
    return told;
  }

  /// Address whose routes are not told → why (1:1).
  SnapshotMap<IpAddress, Reason> withheld() {
    return withheld;
  }

  /// Partial until every gate is known: a router keeps what it has of an earlier run.
  Completeness completeness() {
    return unknown.isEmpty() ? Completeness.WHOLE : Completeness.PARTIAL;
  }
}
