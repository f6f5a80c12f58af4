// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which blocks a cluster takes and gives back beside those that Services wait for: blocks of
/// addresses that it has given already, one to spare while it uses the pool, and none for long that
/// it does not use. Lives from pass to pass and counts what changes. One owner.
public final class Husbandry {

  /// A block goes back when none of its addresses was anybody's for this long: as long as a pool
  /// usually keeps the address of a deleted Service.
  public static final Duration EMPTY_FOR = Duration.ofMinutes(10);

  /// With fewer free addresses than this in its blocks a cluster takes one more, so that a Service
  /// rarely waits for the remote: a quarter of a block.
  static final int SPARE = 4;

  private SharedPools pools = new SharedPools(Definitions.NONE);
  private Definitions definitions = Definitions.NONE;
  private SnapshotMap<IpAddress, AllocationRecord> records = SnapshotMap.empty();

  /// block of a shared pool, or of this cluster → how many of its addresses have a record
  private Map<Block, Integer> used = new HashMap<>();

  /// block of this cluster without a record → since when it is known to be
  private final SortedMap<Block, Instant> empty = new TreeMap<>();

  private Optional<Seen> last = Optional.empty();
  private Care care = Care.NONE;

  /// What the care was for; when it is the same, so is the care.
  private record Seen(
      Definitions definitions,
      SnapshotMap<IpAddress, AllocationRecord> records,
      Fleet fleet,
      Wants waited) {}

  /// What shall be done.
  ///
  /// @param wants blocks to lease beside those that Services wait for
  /// @param returned blocks to give back; nothing of them may be given from now on
  /// @param strays blocks of other clusters that have addresses of ours, sorted
  /// @param next when a block will have been empty for long enough
  public record Care(
      Wants wants, SortedSet<Block> returned, List<Lease> strays, Optional<Instant> next) {

    /// Nothing to do.
    public static final Care NONE =
        new Care(Wants.NONE, Collections.emptySortedSet(), List.of(), Optional.empty());
  }

  /// Looks at what has changed.
  ///
  /// @param fleet as the plan saw it that led to these records
  /// @param waited what Services wait for
  public Care care(
      Definitions now,
      SnapshotMap<IpAddress, AllocationRecord> ledger,
      Fleet fleet,
      Wants waited,
      Instant time) {
    if (!now.equals(definitions)) {
      definitions = now;
      pools = new SharedPools(now);
      records = SnapshotMap.empty();
      used = new HashMap<>();
    }
    if (pools.isEmpty() && fleet.own().isEmpty()) {
      return Care.NONE;
    }
    Seen seen = new Seen(now, ledger, fleet, waited);
    boolean rests = last.filter(seen::equals).isPresent() && isBefore(time, care.next());
    if (!rests) {
      last = Optional.of(seen);
      care = look(ledger, fleet, waited, time);
    }
    return care;
  }

  private static boolean isBefore(Instant time, Optional<Instant> end) {
    return end.filter(found -> !time.isBefore(found)).isEmpty();
  }

  private Care look(
      SnapshotMap<IpAddress, AllocationRecord> ledger, Fleet fleet, Wants waited, Instant time) {
    List<Block> own = fleet.own();
    ledger.changesSince(records).forEach(this::count);
    records = ledger;
    noteEmpty(own, time);
    SortedMap<Space, List<Block>> bySpace = bySpace(own);
    SortedMap<Space, Wants.Amount> spare = new TreeMap<>();
    bySpace.forEach(
        (space, blocks) -> {
          if (isUsed(blocks) && free(space, blocks) < SPARE) {
            spare.put(space, new Wants.Amount(1, pools.givable(space, fleet)));
          }
        });
    SortedSet<Block> returned = returned(own, bySpace, waited, time);
    return new Care(new Wants(unleased(fleet), spare), returned, strays(fleet), next(time));
  }

  private void count(SnapshotMap.Change<IpAddress, AllocationRecord> change) {
    int step = (change.after().isPresent() ? 1 : 0) - (change.before().isPresent() ? 1 : 0);
    if (step != 0) {
      used.compute(
          new Block(change.key()),
          (_, count) -> {
            int next = (count == null ? 0 : count) + step;
            return next == 0 ? null : next;
          });
    }
  }

  private void noteEmpty(List<Block> own, Instant time) {
    empty.keySet().retainAll(new TreeSet<>(own));
    empty.keySet().removeAll(used.keySet());
    for (Block block : own) {
      if (!used.containsKey(block)) {
        empty.putIfAbsent(block, time);
      }
    }
  }

  /// A block of no shared pool is of none of them.
  private SortedMap<Space, List<Block>> bySpace(List<Block> own) {
    SortedMap<Space, List<Block>> bySpace = new TreeMap<>();
    for (Block block : own) {
      for (Space space : pools.spacesOf(block)) {
        bySpace.computeIfAbsent(space, _ -> new ArrayList<>()).add(block);
      }
    }
    return bySpace;
  }

  private boolean isUsed(List<Block> blocks) {
    return blocks.stream().anyMatch(used::containsKey);
  }

  private long free(Space space, List<Block> blocks) {
    long free = 0;
    List<IpRange> givable = pools.givable(space, Fleet.NONE);
    for (Block block : blocks) {
      for (IpRange range : givable) {
        if (range.overlaps(block.range())) {
          free += block.commonWith(range).longValueExact();
        }
      }
      free -= used.getOrDefault(block, 0);
    }
    return free;
  }

  /// While Services wait nothing goes back; while some are served the lowest empty block stays.
  private SortedSet<Block> returned(
      List<Block> own, SortedMap<Space, List<Block>> bySpace, Wants waited, Instant time) {
    TreeSet<Block> kept = new TreeSet<>(waited.blocks().keySet());
    bySpace.forEach(
        (space, blocks) -> {
          if (waited.addresses().containsKey(space)) {
            kept.addAll(blocks);
          } else if (isUsed(blocks)) {
            blocks.stream()
                .filter(block -> empty.containsKey(block))
                .findFirst()
                .ifPresent(kept::add);
          }
        });
    SortedSet<Block> returned = new TreeSet<>();
    for (Block block : own) {
      Instant since = empty.get(block);
      if (since != null && !kept.contains(block) && !time.isBefore(since.plus(EMPTY_FOR))) {
        returned.add(block);
      }
    }
    return returned;
  }

  /// What is kept although its time has come needs no clock.
  private Optional<Instant> next(Instant time) {
    return empty.values().stream()
        .map(since -> since.plus(EMPTY_FOR))
        .filter(end -> end.isAfter(time))
        .min(Instant::compareTo);
  }

  /// Blocks of shared pools of which addresses have been given, and that nobody has leased: the
  /// pool was not shared then, or the branch was set back.
  private SortedMap<Block, PoolName> unleased(Fleet fleet) {
    SortedMap<Block, PoolName> unleased = new TreeMap<>();
    for (Block block : used.keySet()) {
      if (!fleet.leases().containsKey(block)) {
        pools.spacesOf(block).stream()
            .findFirst()
            .ifPresent(space -> unleased.put(block, space.pool()));
      }
    }
    return unleased;
  }

  private List<Lease> strays(Fleet fleet) {
    return used.keySet().stream()
        .sorted()
        .filter(block -> !pools.spacesOf(block).isEmpty())
        .flatMap(block -> fleet.leases().find(block).stream())
        .filter(lease -> !fleet.isOwn(lease))
        .toList();
  }
}
