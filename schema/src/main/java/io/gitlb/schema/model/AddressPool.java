// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PoolName;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// An IPAddressPool.
///
/// @param labels label key → value, for the selectors of advertisements
/// @param ranges sorted, without overlaps, at least one
/// @param serviceAllocation empty when any Service may use the pool
/// @param rules what `gitlb.io/v1` adds
public record AddressPool(
    PoolName name,
    SourcePlace place,
    SortedMap<String, String> labels,
    List<IpRange> ranges,
    Assignment assignment,
    EndOctets endOctets,
    Optional<ServiceAllocation> serviceAllocation,
    Rules rules)
    implements Definition {

  public AddressPool {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    ranges = ranges.stream().sorted().toList();
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("a pool has at least one range");
    }
  }

  /// A pool with the rules that every pool has that says nothing else.
  public AddressPool(
      PoolName name,
      SourcePlace place,
      SortedMap<String, String> labels,
      List<IpRange> ranges,
      Assignment assignment,
      EndOctets endOctets,
      Optional<ServiceAllocation> serviceAllocation) {
    this(name, place, labels, ranges, assignment, endOctets, serviceAllocation, Rules.DEFAULTS);
  }

  /// The same pool with other rules.
  public AddressPool withRules(Rules others) {
    return new AddressPool(
        name, place, labels, ranges, assignment, endOctets, serviceAllocation, others);
  }

  /// The same pool with other ranges.
  public AddressPool withRanges(List<IpRange> others) {
    return new AddressPool(
        name, place, labels, others, assignment, endOctets, serviceAllocation, rules);
  }

  /// What `gitlb.io/v1` adds to a pool. MetalLB's documents have the defaults.
  ///
  /// @param excluded `exclude`: addresses of the ranges that are never given; sorted, without
  ///   overlaps
  /// @param quota `quota`: the most addresses that the Services of one namespace have of the pool
  /// @param reuseDelay `reuseDelay`: how long an address that became free is given only when no
  ///   other is free
  /// @param retain `retain`: how long the address of a deleted Service waits for a Service of the
  ///   same namespace and name
  public record Rules(
      List<IpRange> excluded,
      OptionalInt quota,
      Duration reuseDelay,
      Duration retain,
      Intake intake,
      Presence presence,
      Sharing sharing,
      Pairing pairing,
      Ownership ownership,
      Sweeping sweeping) {

    /// Nothing excluded, no quota, a minute of rest, ten minutes of retention.
    public static final Rules DEFAULTS =
        new Rules(
            List.of(),
            OptionalInt.empty(),
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            Intake.OPEN,
            Presence.ANNOUNCED,
            Sharing.WITHIN_NAMESPACE,
            Pairing.ONE_POOL,
            Ownership.OWN,
            Sweeping.ON);

    public Rules {
      excluded = excluded.stream().sorted().toList();
    }

    /// The same with other exclusions.
    public Rules withExcluded(List<IpRange> others) {
      return new Rules(
          others,
          quota,
          reuseDelay,
          retain,
          intake,
          presence,
          sharing,
          pairing,
          ownership,
          sweeping);
    }

    /// The same, announced or not.
    public Rules withPresence(Presence other) {
      return new Rules(
          excluded,
          quota,
          reuseDelay,
          retain,
          intake,
          other,
          sharing,
          pairing,
          ownership,
          sweeping);
    }

    /// The same with other owners.
    public Rules withOwnership(Ownership other) {
      return new Rules(
          excluded, quota, reuseDelay, retain, intake, presence, sharing, pairing, other, sweeping);
    }
  }

  /// Whether speakers look on their links who uses free addresses of the pool: `sweep`. Only where
  /// an L2Advertisement is for it.
  public enum Sweeping {
    ON,
    OFF
  }

  /// Whose the addresses are: `shared`.
  public enum Ownership {
    /// This cluster's alone.
    OWN,
    /// Several clusters' with one repository; each gives those of the blocks that it has leased.
    SHARED
  }

  /// Whether new addresses are given: `draining`.
  public enum Intake {
    OPEN,
    /// Who has an address keeps it; nobody gets one, not by request or pin either.
    DRAINING
  }

  /// Whether speakers announce the addresses: `announce`.
  public enum Presence {
    ANNOUNCED,
    /// Given and recorded only; somebody else brings the traffic.
    SILENT
  }

  /// Who may share an address: `shareAcrossNamespaces`.
  public enum Sharing {
    WITHIN_NAMESPACE,
    ACROSS_NAMESPACES
  }

  /// Whether an address of the pool may stand beside one of the other family from another pool:
  /// `combineFamilies`.
  public enum Pairing {
    ONE_POOL,
    /// With a pool that says so too, when no pool has both families.
    COMBINED
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
