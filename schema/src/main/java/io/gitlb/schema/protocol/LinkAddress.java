// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import java.util.Comparator;
import java.util.Optional;

/// An address that an interface has, with the length of the prefix that is on its link.
public record LinkAddress(IpAddress address, int prefixLength) implements Comparable<LinkAddress> {

  private static final Comparator<LinkAddress> ORDER =
      Comparator.comparing(LinkAddress::address).thenComparingInt(LinkAddress::prefixLength);

  public LinkAddress {
    if (prefixLength < 0 || prefixLength > address.family().bits()) {
      throw new IllegalArgumentException(
          "a prefix of " + address + " has no length of " + prefixLength);
    }
  }

  /// `192.0.2.7/24`; empty when the text is none.
  public static Optional<LinkAddress> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) {
      return Optional.empty();
    }
    int length = Integer.parseInt(text.substring(slash + 1));
    return IpAddress.parse(text.substring(0, slash))
        .filter(address -> length <= address.family().bits())
        .map(address -> new LinkAddress(address, length));
  }

  /// All addresses that are on the link with it.
  public IpPrefix prefix() {
    return new IpPrefix(address, prefixLength);
  }

  @Override
  public int compareTo(LinkAddress other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return address + "/" + prefixLength;
  }
}
