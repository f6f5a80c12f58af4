// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What has to be known of a link to place addresses on it.
///
/// @param onLink the prefixes reached through it without a gateway
/// @param linkLocal what IPv6 addresses are answered from
public record LinkView(
    String name, SortedSet<IpPrefix> onLink, Capture capture, Optional<Ipv6> linkLocal)
    implements Comparable<LinkView> {

  /// Whether frames can be captured and sent there.
  public sealed interface Capture {

    /// They can.
    ///
    /// @param incarnation another number after each time that the link, its hardware address or the
    ///   capture was gone: neighbours have to be told again
    record Running(long incarnation) implements Capture {}

    /// They cannot: no privilege, no library, an error of the kernel.
    record Unavailable() implements Capture {}
  }

  public LinkView {
    onLink = Collections.unmodifiableSortedSet(new TreeSet<>(onLink));
  }

  /// A link that can answer for IPv4 only.
  public LinkView(String name, SortedSet<IpPrefix> onLink, Capture capture) {
    this(name, onLink, capture, Optional.empty());
  }

  /// Whether it has what the family of the address needs to answer from.
  boolean speaksFor(IpAddress address) {
    return switch (address) {
      case Ipv4 _ -> true;
      case Ipv6 _ -> linkLocal.isPresent();
    };
  }

  boolean reachesDirectly(IpAddress address) {
    for (IpPrefix prefix : onLink) {
      if (prefix.contains(address)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int compareTo(LinkView other) {
    return name.compareTo(other.name);
  }
}
