// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which addresses ask which `healthCheckNodePort`, kept up at the cost of what changes. One owner.
final class PortIndex {

  private SnapshotMap<IpAddress, Announcement> followed = SnapshotMap.empty();

  // Port → the addresses that ask it, at least one (1:N).
  private final SortedMap<Integer, SortedSet<IpAddress>> byPort = new TreeMap<>();

  /// Goes over to these announcements.
  void follow(SnapshotMap<IpAddress, Announcement> announcements) {
    for (SnapshotMap.Change<IpAddress, Announcement> change :
        announcements.changesSince(followed)) {
      remove(change.key(), change.before());
      add(change.key(), change.after());
    }
    followed = announcements;
  }

  private void remove(IpAddress address, Optional<Announcement> before) {
    before.stream()
        .flatMapToInt(one -> one.healthCheckNodePort().stream())
        .forEach(
            port ->
                byPort.computeIfPresent(
                    port,
                    (_, all) -> {
                      all.remove(address);
                      return all.isEmpty() ? null : all;
                    }));
  }

  private void add(IpAddress address, Optional<Announcement> after) {
    after.stream()
        .flatMapToInt(one -> one.healthCheckNodePort().stream())
        .forEach(port -> byPort.computeIfAbsent(port, _ -> new TreeSet<>()).add(address));
  }

  /// The ports that somebody asks.
  SortedSet<Integer> ports() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(byPort.keySet()));
  }

  /// Those that ask a port.
  SortedSet<IpAddress> addresses(int port) {
    return Collections.unmodifiableSortedSet(
        byPort.getOrDefault(port, Collections.emptySortedSet()));
  }
}
