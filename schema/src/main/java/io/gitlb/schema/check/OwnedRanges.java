// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Ranges that belong to somebody, cut so that an address has one owner: where ranges overlap, the
/// one that begins first has the address. So there are never more parts than ranges, and comparing
/// two of these takes time in proportion to their ranges, however those overlap.
final class OwnedRanges<T> {

  /// A range as its owner wrote it.
  record Owned<T>(IpRange range, T owner) {}

  /// What an owner has of a range that he wrote.
  record Part<T>(IpRange range, Owned<T> of) {}

  // first address → the part that begins there (1:1); parts do not overlap
  private final NavigableMap<IpAddress, Part<T>> parts = new TreeMap<>();

  /// Of equal ranges the first in the list has the addresses.
  OwnedRanges(List<Owned<T>> ranges) {
    ranges.stream()
        .sorted(Comparator.comparing((Owned<T> owned) -> owned.range()))
        .forEach(this::add);
  }

  /// The range begins no earlier than those before it.
  private void add(Owned<T> owned) {
    IpRange range = owned.range;
    Map.Entry<IpAddress, Part<T>> before = parts.lastEntry();
    if (before == null || before.getValue().range.last().compareTo(range.first()) < 0) {
      parts.put(range.first(), new Part<>(range, owned));
      return;
    }
    IpAddress taken = before.getValue().range.last();
    if (taken.compareTo(range.last()) < 0) {
      IpAddress first = taken.next().orElseThrow();
      parts.put(first, new Part<>(new IpRange(first, range.last()), owned));
    }
  }

  /// Ascending.
  Collection<Part<T>> parts() {
    return parts.values();
  }

  /// Whose the address is, and by which range.
  Optional<Owned<T>> ownerOf(IpAddress address) {
    return overlapping(new IpRange(address, address)).stream().map(Part::of).findFirst();
  }

  /// The parts that have an address of the range, ascending.
  List<Part<T>> overlapping(IpRange range) {
    IpAddress below = parts.floorKey(range.first());
    IpAddress from = below == null ? range.first() : below;
    return parts.subMap(from, true, range.last(), true).values().stream()
        .filter(part -> part.range.overlaps(range))
        .toList();
  }
}
