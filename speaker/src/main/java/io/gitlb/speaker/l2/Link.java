// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// An interface that layer 2 can use: up, broadcast, with a hardware address, nobody's port.
///
/// @param name as the kernel names it
/// @param index the kernel's number; another one under the same name is another interface
/// @param macAddress what is told to those who ask
/// @param onLink the prefixes that the kernel reaches through it without a gateway
public record Link(String name, int index, MacAddress macAddress, SortedSet<IpPrefix> onLink) {

  public Link {
    onLink = Collections.unmodifiableSortedSet(new TreeSet<>(onLink));
  }

  /// Whether a handle that was opened on the other is of no use for this one.
  public boolean isReplacementOf(Link earlier) {
    return index != earlier.index || !macAddress.equals(earlier.macAddress);
  }
}
