// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What kind of interface the kernel says that one is.
public enum InterfaceType {
  /// Has a device of its own: a network card, real or of the hypervisor.
  PHYSICAL,
  /// A sub-interface with an IEEE 802.1Q tag.
  VLAN,
  /// Several cards that act as one.
  BOND,
  /// A switch in software, with the node on it.
  BRIDGE,
  /// Any other without a device: veth, macvlan, team, a tunnel.
  VIRTUAL;

  /// As in options and messages.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The one with that text.
  public static Optional<InterfaceType> of(String text) {
    return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
  }
}
