// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.conflict;

import io.gitlb.reconciler.conflict.ProbeWish.Purpose;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
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
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/// Looks slowly at free addresses of pools, so that whoever uses one on the link is known before
/// anybody is given it: ten addresses in ten seconds on each link, the lowest of each pool first,
/// round and round.
///
/// The speakers keep nothing of it: which addresses are free is known here, and a batch a link in
/// ten seconds costs next to nothing.
public final class Sweep {

  /// How often a batch is asked about.
  public static final Duration EVERY = Duration.ofSeconds(10);

  /// The addresses of a batch on one link: one a second.
  static final int BATCH = 10;

  /// Free addresses of a pool and family that are swept, the lowest: they are given first, and this
  /// many take more than an hour.
  static final int MOST_ADDRESSES = 4_096;

  /// Addresses that are looked at for one batch.
  private static final int LOOKS = 256;

  /// Who uses an address is asked about it again after this long, with at most half of a batch.
  static final Duration AGAIN = Duration.ofMinutes(1);

  /// Who was not seen for so long, because nobody could probe, is forgotten; found free, at once.
  public static final Duration FORGET = Duration.ofHours(1);

  private List<AddressPool> pools = List.of();
  private final List<Walk> walks = new ArrayList<>();
  private int turn;

  /// address → whom to ask, of the batch that is under way
  private final SortedMap<IpAddress, ProbeWish> asked = new TreeMap<>();

  /// address → who uses it
  private final SortedMap<IpAddress, Squatter> squatters = new TreeMap<>();

  private SnapshotMap<IpAddress, String> words = SnapshotMap.empty();
  private Instant nextAt = Instant.MIN;
  private boolean reachable;

  /// Who uses an address that nobody was given.
  ///
  /// @param seen when a probe found it last
  /// @param askedAt when it was asked about last
  private record Squatter(MacAddress mac, Instant seen, Instant askedAt) {}

  /// Goes round the addresses of one family of a pool.
  private static final class Walk {
    private final AddressPool pool;
    private final List<IpRange> ranges;
    private int range;
    private IpAddress next;
    private int free;

    Walk(AddressPool pool, List<IpRange> ranges) {
      this.pool = pool;
      this.ranges = ranges;
      this.next = ranges.getFirst().first();
    }

    void step() {
      Optional<IpAddress> after = next.next().filter(ranges.get(range)::contains);
      if (after.isPresent() && free < MOST_ADDRESSES) {
        next = after.get();
        return;
      }
      range = free < MOST_ADDRESSES ? (range + 1) % ranges.size() : 0;
      free = range == 0 ? 0 : free;
      next = ranges.get(range).first();
    }

    boolean isExcluded() {
      return pool.rules().excluded().stream().anyMatch(range -> range.contains(next));
    }
  }

  /// The pools to sweep from now on; an unchanged list costs a comparison.
  public void follow(List<AddressPool> next) {
    if (next.equals(pools)) {
      return;
    }
    pools = List.copyOf(next);
    walks.clear();
    for (AddressPool pool : pools) {
      for (IpFamily family : IpFamily.values()) {
        List<IpRange> ranges =
            pool.ranges().stream().filter(range -> range.family() == family).toList();
        if (!ranges.isEmpty()) {
          walks.add(new Walk(pool, ranges));
        }
      }
    }
    List.copyOf(squatters.keySet()).stream()
        .filter(address -> pools.stream().noneMatch(pool -> pool.contains(address)))
        .forEach(this::forget);
  }

  /// Begins the next batch when it is time and the one before is over.
  ///
  /// @param isFree whether nobody has the address
  /// @param probers the speakers that have it on link
  public void advance(
      Predicate<IpAddress> isFree, Function<IpAddress, List<NodeName>> probers, Instant now) {
    Map.copyOf(squatters)
        .forEach(
            (address, squatter) -> {
              if (!squatter.seen().plus(FORGET).isAfter(now) || !isFree.test(address)) {
                forget(address);
              }
            });
    if (now.isBefore(nextAt) || !asked.isEmpty() || walks.isEmpty()) {
      return;
    }
    nextAt = now.plus(EVERY);
    Map<List<NodeName>, Integer> room = new HashMap<>();
    reachable = false;
    lookAgain(room, probers, now);
    turn = (turn + 1) % walks.size();
    for (int i = 0; i < walks.size(); i++) {
      fill(walks.get((turn + i) % walks.size()), room, isFree, probers);
    }
  }

  private void lookAgain(
      Map<List<NodeName>, Integer> room, Function<IpAddress, List<NodeName>> probers, Instant now) {
    int most = BATCH / 2;
    for (Map.Entry<IpAddress, Squatter> entry : squatters.entrySet()) {
      boolean isDue = !entry.getValue().askedAt().plus(AGAIN).isAfter(now);
      if (isDue && most > 0 && ask(entry.getKey(), room, probers)) {
        most--;
        Squatter last = entry.getValue();
        entry.setValue(new Squatter(last.mac(), last.seen(), now));
      }
    }
  }

  private void fill(
      Walk walk,
      Map<List<NodeName>, Integer> room,
      Predicate<IpAddress> isFree,
      Function<IpAddress, List<NodeName>> probers) {
    for (int looks = 0; looks < LOOKS; looks++) {
      IpAddress address = walk.next;
      if (!walk.isExcluded() && isFree.test(address) && !squatters.containsKey(address)) {
        if (asked.containsKey(address) || !ask(address, room, probers)) {
          return;
        }
        walk.free++;
      }
      walk.step();
    }
  }

  /// @return whether there was room for it on its link, and somebody to ask
  private boolean ask(
      IpAddress address,
      Map<List<NodeName>, Integer> room,
      Function<IpAddress, List<NodeName>> probers) {
    List<NodeName> speakers = probers.apply(address);
    if (speakers.isEmpty() || room.getOrDefault(speakers, BATCH) == 0) {
      return false;
    }
    reachable = true;
    room.merge(speakers, BATCH - 1, (left, _) -> left - 1);
    asked.put(address, new ProbeWish(Purpose.SWEPT, speakers));
    return true;
  }

  /// What is to be probed now; each until [#found].
  public SortedMap<IpAddress, ProbeWish> wishes() {
    return Collections.unmodifiableSortedMap(asked);
  }

  /// A probe of an address of the batch is over.
  ///
  /// @return whose it is, when that is news
  public Optional<MacAddress> found(IpAddress address, Verdict verdict, Instant now) {
    asked.remove(address);
    return switch (verdict) {
      case Verdict.Taken(MacAddress mac) -> {
        Squatter before = squatters.put(address, new Squatter(mac, now, now));
        words = words.with(address, words(mac));
        yield before == null || !before.mac().equals(mac) ? Optional.of(mac) : Optional.empty();
      }
      case Verdict.Free _ -> {
        forget(address);
        yield Optional.empty();
      }
      case Verdict.Later _, Verdict.Unprobed _ -> Optional.empty();
    };
  }

  private static String words(MacAddress mac) {
    return mac + " on the link, which is no node of the cluster";
  }

  private void forget(IpAddress address) {
    squatters.remove(address);
    words = words.without(address);
  }

  /// Address → who uses it although nobody was given it, in words.
  public SnapshotMap<IpAddress, String> squatters() {
    return words;
  }

  /// When [#advance] has something to do; empty while there is nobody to ask.
  public Optional<Instant> nextDue() {
    return asked.isEmpty() && reachable ? Optional.of(nextAt) : Optional.empty();
  }
}
