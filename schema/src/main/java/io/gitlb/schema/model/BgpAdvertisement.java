// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PeerName;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A BGPAdvertisement.
///
/// @param nodeSelectors one must match; empty means every node
/// @param serviceSelectors one must match; empty means every Service
/// @param peers empty means every peer
/// @param aggregationLengthIpv4 1 to 32 bits
/// @param aggregationLengthIpv6 1 to 128 bits
/// @param localPreference unsigned 32 bits; sent to peers of the own AS only; empty means
///   [LocalPreference#DEFAULT]
/// @param communities those that are written out
/// @param onCordon what a node that is cordoned tells
/// @param communityAliases the others; [Definitions#communityAliases] knows what they stand for
public record BgpAdvertisement(
    String name,
    SourcePlace place,
    PoolSelection pools,
    List<LabelSelector> nodeSelectors,
    List<LabelSelector> serviceSelectors,
    SortedSet<PeerName> peers,
    int aggregationLengthIpv4,
    int aggregationLengthIpv6,
    OptionalLong localPreference,
    List<Community> communities,
    SortedSet<String> communityAliases,
    OnCordon onCordon)
    implements Definition {

  public BgpAdvertisement {
    nodeSelectors = List.copyOf(nodeSelectors);
    serviceSelectors = List.copyOf(serviceSelectors);
    peers = Collections.unmodifiableSortedSet(new TreeSet<>(peers));
    communities = communities.stream().distinct().sorted().toList();
    communityAliases = Collections.unmodifiableSortedSet(new TreeSet<>(communityAliases));
  }

  /// In bits.
  public int aggregationLength(IpFamily family) {
    return switch (family) {
      case IPV4 -> aggregationLengthIpv4;
      case IPV6 -> aggregationLengthIpv6;
    };
  }

  /// The same with the communities instead of their aliases.
  ///
  /// @param meanings alias → community; aliases that it does not have are left out
  BgpAdvertisement resolved(Map<String, Community> meanings) {
    Stream<Community> named =
        communityAliases.stream().flatMap(alias -> Stream.ofNullable(meanings.get(alias)));
    return new BgpAdvertisement(
        name,
        place,
        pools,
        nodeSelectors,
        serviceSelectors,
        peers,
        aggregationLengthIpv4,
        aggregationLengthIpv6,
        localPreference,
        Stream.concat(communities.stream(), named).toList(),
        Collections.emptySortedSet(),
        onCordon);
  }

  @Override
  public String documentName() {
    return name;
  }
}
