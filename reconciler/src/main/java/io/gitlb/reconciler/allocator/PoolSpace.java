// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.allocator;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The addresses of a pool: free, resting or taken. What can never be given (excluded or blocked
/// ranges, end octets that are avoided) is not free to begin with.
public final class PoolSpace {

  private final AddressPool pool;

  /// The ranges without what is blocked, ascending, IPv4 first.
  private final List<AddressSpace> spaces = new ArrayList<>();

  /// first address of a space → its index in `spaces`
  private final TreeMap<IpAddress, Integer> byFirst = new TreeMap<>();

  /// family → which of the spaces of that family have a free address
  private final Map<IpFamily, FamilySpaces> families = new TreeMap<>();

  /// family → taken addresses that may be given when none is free, the longest rested first
  private final Map<IpFamily, NavigableSet<Resting>> resting = new TreeMap<>();

  /// @param since when it began to rest
  private record Resting(Instant since, IpAddress address) implements Comparable<Resting> {

    @Override
    public int compareTo(Resting other) {
      int bySince = since.compareTo(other.since);
      return bySince != 0 ? bySince : address.compareTo(other.address);
    }
  }

  /// @param blocked ranges that are never given beside those that the pool excludes, in any order
  public PoolSpace(AddressPool pool, List<IpRange> blocked) {
    this(pool, pool.ranges(), blocked);
  }

  /// A pool of which only certain addresses may be given.
  ///
  /// @param given those; the rest counts as outside
  /// @param blocked ranges that are never given beside those that the pool excludes, in any order
  public static PoolSpace within(AddressPool pool, List<IpRange> given, List<IpRange> blocked) {
    return new PoolSpace(pool, Ranges.common(pool.ranges(), given), blocked);
  }

  private PoolSpace(AddressPool pool, List<IpRange> ranges, List<IpRange> blocked) {
    this.pool = pool;
    List<IpRange> given = Ranges.without(ranges, pool.rules().excluded());
    for (IpRange range : Ranges.without(given, blocked)) {
      byFirst.put(range.first(), spaces.size());
      spaces.add(AddressSpace.of(range));
    }
    for (IpFamily family : IpFamily.values()) {
      int from = firstIndex(family);
      int count = (int) spaces.stream().filter(s -> s.range().family() == family).count();
      if (count > 0) {
        families.put(family, new FamilySpaces(from, new FreeBitmap(count)));
      }
    }
    if (pool.endOctets() == EndOctets.AVOIDED) {
      spaces.forEach(this::takeEndOctets);
    }
  }

  /// @param from the index of the family's first space
  /// @param open which spaces, counted from `from`, have a free address
  private record FamilySpaces(int from, FreeBitmap open) {}

  private int firstIndex(IpFamily family) {
    int index = 0;
    while (index < spaces.size() && spaces.get(index).range().family() != family) {
      index++;
    }
    return index;
  }

  private void takeEndOctets(AddressSpace space) {
    if (space.range().first() instanceof Ipv4 first && space.range().last() instanceof Ipv4 last) {
      long end = Integer.toUnsignedLong(last.bits());
      for (long bits = Integer.toUnsignedLong(first.bits()); bits <= end; bits++) {
        Ipv4 address = new Ipv4((int) bits);
        if (isEndOctet(address)) {
          take(address);
        } else {
          // The next round looks at the last octet 255.
          bits = (bits | 0xFF) - 1;
        }
      }
    }
  }

  /// Whether this pool avoids the address for its last octet, 0 or 255.
  public boolean avoids(IpAddress address) {
    return pool.endOctets() == EndOctets.AVOIDED
        && address instanceof Ipv4 ipv4
        && isEndOctet(ipv4);
  }

  private static boolean isEndOctet(Ipv4 address) {
    int octet = address.bits() & 0xFF;
    return octet == 0 || octet == 0xFF;
  }

  public AddressPool pool() {
    return pool;
  }

  /// Whether the pool has a range of the family at all.
  public boolean serves(IpFamily family) {
    return pool.ranges().stream().anyMatch(range -> range.family() == family);
  }

  /// The lowest free address of the family, or empty when there is none.
  public Optional<IpAddress> lowestFree(IpFamily family) {
    FamilySpaces found = families.get(family);
    if (found == null) {
      return Optional.empty();
    }
    int open = found.open().lowestFree();
    return open < 0 ? Optional.empty() : spaces.get(found.from() + open).lowestFree();
  }

  /// The resting addresses of the family, the longest rested first.
  public Stream<IpAddress> resting(IpFamily family) {
    return resting.getOrDefault(family, Collections.emptyNavigableSet()).stream()
        .map(Resting::address);
  }

  /// Marks an address as taken; no effect on one that is blocked or outside.
  public void take(IpAddress address) {
    int index = indexOf(address);
    if (index >= 0) {
      AddressSpace space = spaces.get(index);
      space.take(address);
      if (space.lowestFree().isEmpty()) {
        setOpen(address, index, Openness.CLOSED);
      }
    }
  }

  /// Marks an address as free; no effect on one that is blocked, avoided or outside.
  public void release(IpAddress address) {
    int index = avoids(address) ? -1 : indexOf(address);
    if (index >= 0) {
      spaces.get(index).release(address);
      setOpen(address, index, Openness.OPEN);
    }
  }

  /// A taken address rests: it is given when none is free. No effect on one that may not be given.
  public void rest(IpAddress address, Instant since) {
    if (!avoids(address) && indexOf(address) >= 0) {
      resting
          .computeIfAbsent(address.family(), _ -> new TreeSet<>())
          .add(new Resting(since, address));
    }
  }

  /// The address rests no more.
  public void wake(IpAddress address, Instant since) {
    NavigableSet<Resting> found = resting.get(address.family());
    if (found != null) {
      found.remove(new Resting(since, address));
    }
  }

  private enum Openness {
    OPEN,
    CLOSED
  }

  private void setOpen(IpAddress address, int index, Openness openness) {
    FamilySpaces found = families.get(address.family());
    if (found != null) {
      int place = index - found.from();
      boolean _ =
          switch (openness) {
            case OPEN -> found.open().release(place);
            case CLOSED -> found.open().take(place);
          };
    }
  }

  /// @return -1 when the address is in none of the spaces
  private int indexOf(IpAddress address) {
    Map.Entry<IpAddress, Integer> entry = byFirst.floorEntry(address);
    return entry != null && spaces.get(entry.getValue()).range().contains(address)
        ? entry.getValue()
        : -1;
  }
}
