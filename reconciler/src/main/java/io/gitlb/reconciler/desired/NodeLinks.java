// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What a node reaches without a gateway, as its speaker tells it.
///
/// @param prefixes interface that layer 2 answers on → its prefixes
public record NodeLinks(SortedMap<String, SortedSet<IpPrefix>> prefixes) {

  public NodeLinks {
    SortedMap<String, SortedSet<IpPrefix>> copy = new TreeMap<>();
    prefixes.forEach(
        (name, of) -> copy.put(name, Collections.unmodifiableSortedSet(new TreeSet<>(of))));
    prefixes = Collections.unmodifiableSortedMap(copy);
  }

  /// Whether the address lies on the link of one of the interfaces. It is the question that a
  /// speaker asks itself before it answers for an address.
  ///
  /// @param interfaces names; none means all
  boolean reach(IpAddress address, List<String> interfaces) {
    return onLink(interfaces).anyMatch(prefix -> prefix.contains(address));
  }

  /// The prefixes of the interfaces.
  ///
  /// @param interfaces names; none means all
  Stream<IpPrefix> onLink(List<String> interfaces) {
    return prefixes.entrySet().stream()
        .filter(entry -> interfaces.isEmpty() || interfaces.contains(entry.getKey()))
        .map(entry -> entry.getValue())
        .flatMap(Collection::stream);
  }
}
