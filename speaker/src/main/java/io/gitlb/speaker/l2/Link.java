// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// An interface that layer 2 can use: up, broadcast, with a hardware address, nobody's port.
///
/// @param name as the kernel names it
/// @param index the kernel's number; another one under the same name is another interface
/// @param macAddress what is told to those who ask
/// @param onLink the prefixes that the kernel reaches through it without a gateway
/// @param addresses its own, ready for use
/// @param carrierChanges how often the signal on the cable has come or gone, as far as the kernel
///   tells: another number is another cable, to which neighbours may be new
public record Link(
    String name,
    int index,
    MacAddress macAddress,
    SortedSet<IpPrefix> onLink,
    SortedSet<InterfaceAddress> addresses,
    long carrierChanges) {

  private static final IpPrefix LINK_LOCAL = IpPrefix.of("fe80::/10");

  public Link {
    onLink = Collections.unmodifiableSortedSet(new TreeSet<>(onLink));
    addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
  }

  /// A link whose cable stays as it is.
  public Link(
      String name,
      int index,
      MacAddress macAddress,
      SortedSet<IpPrefix> onLink,
      SortedSet<InterfaceAddress> addresses) {
    this(name, index, macAddress, onLink, addresses, 0);
  }

  /// A link without addresses of its own.
  public Link(String name, int index, MacAddress macAddress, SortedSet<IpPrefix> onLink) {
    this(name, index, macAddress, onLink, Collections.emptySortedSet());
  }

  /// Whether a handle that was opened on the other is of no use for this one, or its neighbours may
  /// be others: everything begins anew.
  public boolean isReplacementOf(Link earlier) {
    return index != earlier.index
        || !macAddress.equals(earlier.macAddress)
        || carrierChanges != earlier.carrierChanges;
  }

  /// The address that neighbour advertisements come from: link-local, so that it is there and valid
  /// whatever the operator numbers; the lowest of several.
  public Optional<Ipv6> linkLocal() {
    for (InterfaceAddress one : addresses) {
      if (one.address() instanceof Ipv6 address && LINK_LOCAL.contains(address)) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }
}
