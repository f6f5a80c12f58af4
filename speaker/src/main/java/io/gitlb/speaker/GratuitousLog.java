// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.Placement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// When the segment was last told of each address. One thread writes, another one reads; neither
/// waits.
final class GratuitousLog {

  // Address → when a round of it was last sent, by the time of day (1:1). What was read does not
  // change any more, so that a reader can tell what is new since.
  private final AtomicReference<SnapshotMap<IpAddress, Instant>> last =
      new AtomicReference<>(SnapshotMap.empty());

  /// @param at the time of day
  void sent(IpAddress address, Instant at) {
    last.updateAndGet(all -> all.with(address, at));
  }

  /// What there is of the addresses that are answered; the rest is forgotten.
  ///
  /// @param placements asked after the log is read: what is in it was answered before
  SnapshotMap<IpAddress, Instant> of(Supplier<? extends Map<IpAddress, Placement>> placements) {
    SnapshotMap<IpAddress, Instant> all = Objects.requireNonNull(last.get());
    Map<IpAddress, Placement> placed = placements.get();
    List<IpAddress> over = new ArrayList<>();
    for (IpAddress address : all.keySet()) {
      if (!(placed.get(address) instanceof Placement.Answered)) {
        over.add(address);
      }
    }
    SnapshotMap<IpAddress, Instant> answered = without(all, over);
    // Where something was sent meanwhile, the next reader forgets.
    last.compareAndSet(all, answered);
    return answered;
  }

  private static SnapshotMap<IpAddress, Instant> without(
      SnapshotMap<IpAddress, Instant> all, List<IpAddress> some) {
    SnapshotMap<IpAddress, Instant> rest = all;
    for (IpAddress address : some) {
      rest = rest.without(address);
    }
    return rest;
  }
}
