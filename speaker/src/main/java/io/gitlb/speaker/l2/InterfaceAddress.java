// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import java.util.Comparator;

/// An address that the kernel has on an interface, ready for use: none that is tentative or that
/// somebody else was found to have (RFC 4862 section 5.4).
///
/// @param prefixLength of the network it is in, in bits
public record InterfaceAddress(IpAddress address, int prefixLength)
    implements Comparable<InterfaceAddress> {

  private static final Comparator<InterfaceAddress> ORDER =
      Comparator.comparing(InterfaceAddress::address)
          .thenComparingInt(InterfaceAddress::prefixLength);

  /// The network it is in.
  public IpPrefix prefix() {
    return new IpPrefix(address, prefixLength);
  }

  @Override
  public int compareTo(InterfaceAddress other) {
    return ORDER.compare(this, other);
  }
}
