// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PoolName;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// An IPAddressPool.
///
/// @param labels label key → value, for the selectors of advertisements
/// @param ranges sorted, without overlaps, at least one
/// @param serviceAllocation empty when any Service may use the pool
public record AddressPool(
    PoolName name,
    SourcePlace place,
    SortedMap<String, String> labels,
    List<IpRange> ranges,
    Assignment assignment,
    EndOctets endOctets,
    Optional<ServiceAllocation> serviceAllocation)
    implements Definition {

  public AddressPool {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    ranges = ranges.stream().sorted().toList();
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("a pool has at least one range");
    }
  }

  /// Who may be given an address: `autoAssign`.
  public enum Assignment {
    /// Any Service that the pool admits.
    AUTOMATIC,
    /// Only a Service that asks for the pool or the address.
    ON_REQUEST
  }

  /// What becomes of IPv4 addresses that end in 0 or 255: `avoidBuggyIPs`.
  public enum EndOctets {
    USED,
    AVOIDED
  }

  /// Which Services the pool admits, and when it is preferred.
  ///
  /// @param priority lower is tried first; 0 is tried last
  /// @param namespaces with `namespaceSelectors` a union; both empty admit every namespace
  /// @param serviceSelectors one must match; empty admits every Service of those namespaces
  public record ServiceAllocation(
      int priority,
      SortedSet<String> namespaces,
      List<LabelSelector> namespaceSelectors,
      List<LabelSelector> serviceSelectors) {

    public ServiceAllocation {
      namespaces = Collections.unmodifiableSortedSet(new TreeSet<>(namespaces));
      namespaceSelectors = List.copyOf(namespaceSelectors);
      serviceSelectors = List.copyOf(serviceSelectors);
    }
  }

  /// Whether the address lies in one of the ranges.
  public boolean contains(IpAddress address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }

  @Override
  public String documentName() {
    return name.value();
  }
}
