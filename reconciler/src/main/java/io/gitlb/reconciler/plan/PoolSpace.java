// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The free addresses of a pool. What can never be given (blocked ranges, end octets that are
/// avoided) is not free to begin with.
final class PoolSpace {

  private final AddressPool pool;

  /// The ranges without what is blocked, ascending, IPv4 first.
  private final List<AddressSpace> spaces = new ArrayList<>();

  /// first address of a space → its index in `spaces`
  private final TreeMap<IpAddress, Integer> byFirst = new TreeMap<>();

  /// family → which of the spaces of that family have a free address
  private final Map<IpFamily, FamilySpaces> families = new TreeMap<>();

  /// @param blocked ranges that are never given, in any order
  PoolSpace(AddressPool pool, List<IpRange> blocked) {
    this.pool = pool;
    for (IpRange range : Ranges.without(pool.ranges(), blocked)) {
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
  boolean avoids(IpAddress address) {
    return pool.endOctets() == EndOctets.AVOIDED
        && address instanceof Ipv4 ipv4
        && isEndOctet(ipv4);
  }

  private static boolean isEndOctet(Ipv4 address) {
    int octet = address.bits() & 0xFF;
    return octet == 0 || octet == 0xFF;
  }

  AddressPool pool() {
    return pool;
  }

  /// Whether the pool has a range of the family at all.
  boolean serves(IpFamily family) {
    return pool.ranges().stream().anyMatch(range -> range.family() == family);
  }

  /// The lowest free address of the family, or empty when there is none.
  Optional<IpAddress> lowestFree(IpFamily family) {
    FamilySpaces found = families.get(family);
    if (found == null) {
      return Optional.empty();
    }
    int open = found.open().lowestFree();
    return open < 0 ? Optional.empty() : spaces.get(found.from() + open).lowestFree();
  }

  /// Marks an address as taken; no effect on one that is blocked or outside.
  void take(IpAddress address) {
    spaceOf(address)
        .ifPresent(
            index -> {
              AddressSpace space = spaces.get(index);
              space.take(address);
              if (space.lowestFree().isEmpty()) {
                openOf(address, index, OpenChange.CLOSE);
              }
            });
  }

  /// Marks an address as free; no effect on one that is blocked, avoided or outside.
  void release(IpAddress address) {
    if (avoids(address)) {
      return;
    }
    spaceOf(address)
        .ifPresent(
            index -> {
              spaces.get(index).release(address);
              openOf(address, index, OpenChange.OPEN);
            });
  }

  private enum OpenChange {
    OPEN,
    CLOSE
  }

  private void openOf(IpAddress address, int index, OpenChange change) {
    FamilySpaces found = families.get(address.family());
    if (found != null) {
      int place = index - found.from();
      boolean _ =
          switch (change) {
            case OPEN -> found.open().release(place);
            case CLOSE -> found.open().take(place);
          };
    }
  }

  private Optional<Integer> spaceOf(IpAddress address) {
    Map.Entry<IpAddress, Integer> entry = byFirst.floorEntry(address);
    return entry != null && spaces.get(entry.getValue()).range().contains(address)
        ? Optional.of(entry.getValue())
        : Optional.empty();
  }
}
