// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.InterfaceAddress;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;

/// An interface as the kernel tells it, before it is judged.
///
/// @param flags `IFF_*` of `<linux/if.h>`
/// @param master what it is a port of: a bridge, a bond
/// @param onLink the prefixes of its addresses and of its routes without a gateway
/// @param addresses its own that are ready for use
/// @param carrierChanges how often the signal on the cable has come or gone; 0 when that is not
///   told
record KernelInterface(
    String name,
    int index,
    int flags,
    Optional<MacAddress> macAddress,
    Optional<String> master,
    SortedSet<IpPrefix> onLink,
    SortedSet<InterfaceAddress> addresses,
    long carrierChanges,
    InterfaceType type) {

  static final int IFF_UP = 0x1;
  static final int IFF_BROADCAST = 0x2;
  static final int IFF_LOOPBACK = 0x8;
  static final int IFF_RUNNING = 0x40;
  static final int IFF_NOARP = 0x80;

  /// Why layer 2 does not use it, for people; empty when it does. The first rule that applies.
  Optional<String> obstacle(Pattern allowedNames, Set<InterfaceType> allowedTypes) {
    if (has(IFF_LOOPBACK)) {
      return Optional.of("loopback");
    }
    if (!allowedNames.matcher(name).matches()) {
      return Optional.of("name excluded by --interface-regex");
    }
    if (master.isPresent()) {
      return Optional.of("port of " + master.get());
    }
    if (!allowedTypes.contains(type)) {
      return Optional.of("type " + type.text() + " excluded by --interface-types");
    }
    if (has(IFF_NOARP) || !has(IFF_BROADCAST)) {
      return Optional.of("has no ARP");
    }
    if (!has(IFF_UP)) {
      return Optional.of("down");
    }
    if (!has(IFF_RUNNING)) {
      return Optional.of("no carrier");
    }
    return macAddress.isPresent() ? Optional.empty() : Optional.of("no hardware address");
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
