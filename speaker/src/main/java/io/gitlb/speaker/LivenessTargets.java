// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.LinkAddress;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.l2.InterfaceAddress;
import io.gitlb.speaker.l2.Link;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which sessions this node has: one with each watched peer on each own link, over the first prefix
/// that both are in: IPv4 before global IPv6 before link-local. Both ends choose the same pair.
final class LivenessTargets {

  private static final IpPrefix LINK_LOCAL = IpPrefix.of("fe80::/10");

  private static final Comparator<Pair> BEST_FIRST =
      Comparator.comparingInt((Pair pair) -> rank(pair.own()))
          .thenComparing(pair -> lower(pair.own(), pair.peer()))
          .thenComparing(pair -> higher(pair.own(), pair.peer()));

  private LivenessTargets() {}

  private record Pair(IpAddress own, IpAddress peer) {}

  /// @param watched the peers that there shall be sessions with
  /// @param links the own ones
  static SortedSet<LivenessTarget> of(
      List<Member> members, SortedSet<NodeName> watched, Collection<Link> links) {
    SortedSet<LivenessTarget> targets = new TreeSet<>();
    for (Member member : members) {
      if (watched.contains(member.node())) {
        for (Link link : links) {
          best(link, member)
              .ifPresent(
                  pair ->
                      targets.add(
                          new LivenessTarget(
                              member.node(),
                              link.name(),
                              inet(pair.own(), link),
                              inet(pair.peer(), link))));
        }
      }
    }
    return targets;
  }

  private static Optional<Pair> best(Link link, Member member) {
    return link.addresses().stream()
        .flatMap(
            own ->
                member.links().stream()
                    .flatMap(one -> one.addresses().stream())
                    .filter(other -> shareALink(own, other))
                    .map(other -> new Pair(own.address(), other.address())))
        .min(BEST_FIRST);
  }

  private static boolean shareALink(InterfaceAddress own, LinkAddress other) {
    return own.prefixLength() == other.prefixLength()
        && !own.address().equals(other.address())
        && own.prefix().contains(other.address());
  }

  private static int rank(IpAddress address) {
    if (address instanceof Ipv4) {
      return 0;
    }
    return LINK_LOCAL.contains(address) ? 2 : 1;
  }

  private static IpAddress lower(IpAddress one, IpAddress other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static IpAddress higher(IpAddress one, IpAddress other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static InetAddress inet(IpAddress address, Link link) {
    try {
      byte[] octets = address.toBytes();
      return rank(address) == 2
          ? Inet6Address.getByAddress(null, octets, link.index())
          : InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 octets", e);
    }
  }
}
