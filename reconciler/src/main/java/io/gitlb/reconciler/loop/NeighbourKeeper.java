// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Elsewhere;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.loop.NeighbourPort.Seen;
import io.gitlb.reconciler.loop.NeighbourStore.Sight;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows which addresses of this cluster's pools are still another cluster's. It looks when the
/// process starts, when a commit gives this cluster a range that it did not have, and again and
/// again while somebody has something of it; otherwise nobody is asked anything.
final class NeighbourKeeper {

  private static final Logger log = LoggerFactory.getLogger(NeighbourKeeper.class);

  /// As often as the config branch is looked at: whoever lets go of a range does it for a commit.
  private static final Duration AGAIN = Duration.ofSeconds(15);

  private final NeighbourPort port;
  private final ClusterName self;
  private Optional<Seen> seen = Optional.empty();
  private Optional<Instant> lookAt = Optional.empty();

  /// Whether somebody is looking; what he sees is taken at once, while it is fresh.
  private boolean looking;

  private SortedMap<IpRange, String> elsewhere = Collections.emptySortedMap();

  /// What `elsewhere` was made from.
  private Optional<Basis> basis = Optional.empty();

  private record Basis(Definitions definitions, SnapshotMap<Block, Lease> leases, Seen seen) {}

  NeighbourKeeper(NeighbourPort port, ClusterName self) {
    this.port = port;
    this.self = self;
  }

  /// Looks when there is need.
  ///
  /// @return whether nothing can be said yet
  boolean follow(Definitions definitions, Instant now) {
    List<IpRange> ranges = ranges(definitions);
    boolean isNew = seen.filter(last -> covers(last.ranges(), ranges)).isEmpty();
    boolean isDue = lookAt.filter(at -> !now.isBefore(at)).isPresent();
    if (isNew || isDue || looking) {
      look(ranges, now);
      // Those of another commit may have been looked for: once more, then.
      if (seen.filter(last -> covers(last.ranges(), ranges)).isEmpty()) {
        look(ranges, now);
      }
    }
    return seen.isEmpty();
  }

  private void look(List<IpRange> ranges, Instant now) {
    Optional<Seen> found = port.look(ranges);
    looking = found.isEmpty();
    found.ifPresent(sight -> take(sight, now));
  }

  private static List<IpRange> ranges(Definitions definitions) {
    return definitions.pools().stream()
        .map(AddressPool::ranges)
        .flatMap(List::stream)
        .sorted()
        .toList();
  }

  private static boolean covers(List<IpRange> looked, List<IpRange> ranges) {
    IpRangeSet all = IpRangeSet.of(looked);
    return ranges.stream().allMatch(all::contains);
  }

  private void take(Seen found, Instant now) {
    List<Failure> before = seen.map(last -> last.sight().failures()).orElse(List.of());
    if (!before.equals(found.sight().failures())) {
      found.sight().failures().forEach(failure -> log.warn("other clusters: {}", failure));
    }
    seen = Optional.of(found);
    lookAt = Optional.of(now.plus(AGAIN));
  }

  /// Range → whose it is, for these definitions.
  SortedMap<IpRange, String> elsewhere(Definitions definitions, SnapshotMap<Block, Lease> leases) {
    Seen last = seen.orElseGet(() -> new Seen(List.of(), new Sight(List.of(), List.of())));
    Basis now = new Basis(definitions, leases, last);
    if (!basis.equals(Optional.of(now))) {
      SortedMap<IpRange, String> next =
          Elsewhere.of(self, definitions, leases, last.sight().neighbours(), last.ranges());
      if (!next.equals(elsewhere)) {
        next.forEach((range, words) -> log.info("{} is used by {}", range, words));
      }
      elsewhere = next;
      basis = Optional.of(now);
    }
    if (elsewhere.isEmpty() && last.sight().failures().isEmpty()) {
      lookAt = Optional.empty();
    }
    return elsewhere;
  }

  /// When to look again.
  Optional<Instant> next() {
    return lookAt;
  }
}
