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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which sessions this node has with each watched peer: both ends work out the same pairs of links.
///
/// Links pair up one to one as far as they go, so that with two interfaces each on one segment both
/// are watched; a link that is left over pairs with the best one that has a partner already. Of the
/// addresses of two links the first that are in one prefix are taken: IPv4 before global IPv6
/// before link-local, then the lowest. The prefix of either end may be the longer one.
final class LivenessTargets {

  private static final IpPrefix LINK_LOCAL = IpPrefix.of("fe80::/10");

  // The same from both ends.
  private static final Comparator<Pair> BEST_FIRST =
      Comparator.comparingInt((Pair pair) -> rank(pair.own()))
          .thenComparing(Pair::isElsewhere)
          .thenComparing(pair -> lower(pair.own(), pair.peer()))
          .thenComparing(pair -> higher(pair.own(), pair.peer()));

  private LivenessTargets() {}

  /// Two addresses that reach each other, and whose links they are of.
  private record Pair(Link link, String peerLink, IpAddress own, IpAddress peer) {

    /// Link-local addresses say nothing about the segment: links of one name are likelier to be on
    /// one.
    boolean isElsewhere() {
      return rank(own) == 2 && !link.name().equals(peerLink);
    }
  }

  /// @param watched the peers that there shall be sessions with
  /// @param links the own ones
  static SortedSet<LivenessTarget> of(
      List<Member> members, SortedSet<NodeName> watched, Collection<Link> links) {
    SortedSet<LivenessTarget> targets = new TreeSet<>();
    for (Member member : members) {
      if (watched.contains(member.node())) {
        for (Pair pair : chosen(links, member)) {
          targets.add(
              new LivenessTarget(
                  member.node(),
                  pair.link().name(),
                  inet(pair.own(), pair.link()),
                  inet(pair.peer(), pair.link())));
        }
      }
    }
    return targets;
  }

  private static List<Pair> chosen(Collection<Link> links, Member member) {
    List<Pair> possible = possible(links, member);
    List<Pair> chosen = new ArrayList<>();
    Set<String> own = new HashSet<>();
    Set<String> peers = new HashSet<>();
    for (Pair pair : possible) {
      if (!own.contains(pair.link().name()) && !peers.contains(pair.peerLink())) {
        own.add(pair.link().name());
        peers.add(pair.peerLink());
        chosen.add(pair);
      }
    }
    for (Pair pair : possible) {
      // Each end has one for its own links left over, and for those of the other.
      boolean newHere = own.add(pair.link().name());
      boolean newThere = peers.add(pair.peerLink());
      if (newHere || newThere) {
        chosen.add(pair);
      }
    }
    return chosen;
  }

  private static List<Pair> possible(Collection<Link> links, Member member) {
    List<Pair> possible = new ArrayList<>();
    for (Link link : links) {
      for (Member.Link other : member.links()) {
        for (InterfaceAddress own : link.addresses()) {
          other.addresses().stream()
              .filter(peer -> shareALink(own, peer))
              .map(peer -> new Pair(link, other.interfaceName(), own.address(), peer.address()))
              .forEach(possible::add);
        }
      }
    }
    possible.sort(BEST_FIRST);
    return possible;
  }

  private static boolean shareALink(InterfaceAddress own, LinkAddress other) {
    return !own.address().equals(other.address())
        && (own.prefix().contains(other.address()) || other.prefix().contains(own.address()));
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
