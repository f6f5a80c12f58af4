// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.l2.ArpPacket;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.NeighborSolicitation;
import io.gitlb.speaker.ownership.Contact;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Asks the kernels of peers without contact for their nodes' hardware addresses, again and again.
///
/// A kernel whose neighbour has long been silent forgets its hardware address, asks for it once a
/// second, and keeps the liveness packets until it is told: after a heal nobody would have contact
/// for up to a second, and two would answer for so long. The answer to a question from here tells
/// the kernel, too, and the question tells the other one's. Each goes to the one node alone, which
/// the reconciler has told the hardware address of.
final class Introductions {

  /// Between two questions to one peer.
  static final Duration INTERVAL = Duration.ofMillis(100);

  private record At(NodeName peer, String interfaceName) {}

  // Session → the peer's hardware address there (1:1).
  private final SortedMap<LivenessTarget, MacAddress> sessions = new TreeMap<>();
  private final Set<At> up = new HashSet<>();
  private Instant next = Instant.MIN;

  /// Exactly these sessions from now on.
  void follow(SortedSet<LivenessTarget> wanted, List<Member> members) {
    sessions.clear();
    for (LivenessTarget target : wanted) {
      members.stream()
          .filter(member -> member.node().equals(target.peer()))
          .flatMap(member -> member.links().stream())
          .filter(link -> has(link, address(target.remote().getAddress())))
          .findFirst()
          .ifPresent(link -> sessions.put(target, link.macAddress()));
    }
    Set<At> known = new HashSet<>();
    sessions.keySet().forEach(target -> known.add(at(target)));
    up.retainAll(known);
  }

  private static boolean has(Member.Link link, IpAddress address) {
    return link.addresses().stream().anyMatch(one -> one.address().equals(address));
  }

  private static IpAddress address(byte[] octets) {
    return IpAddress.ofBytes(octets);
  }

  private static At at(LivenessTarget target) {
    return new At(target.peer(), target.interfaceName());
  }

  /// There is contact with a peer, or no more.
  void contact(NodeName peer, String interfaceName, Contact contact) {
    At at = new At(peer, interfaceName);
    var _ =
        switch (contact) {
          case UP -> up.add(at);
          case HEARD, DOWN -> up.remove(at);
        };
  }

  /// Sends what is due.
  ///
  /// @param macOf interface → our hardware address there, if it is open
  void advance(
      Instant now,
      Function<String, Optional<MacAddress>> macOf,
      BiConsumer<String, EthernetFrame> send) {
    if (now.isBefore(next)) {
      return;
    }
    next = now.plus(INTERVAL);
    for (Map.Entry<LivenessTarget, MacAddress> session : sessions.entrySet()) {
      LivenessTarget target = session.getKey();
      if (!up.contains(at(target))) {
        macOf
            .apply(target.interfaceName())
            .map(own -> question(target, own, session.getValue()))
            .ifPresent(frame -> send.accept(target.interfaceName(), frame));
      }
    }
  }

  /// When [#advance] has something to do again; empty while there is contact with everybody.
  Optional<Instant> nextDue() {
    return sessions.keySet().stream().allMatch(target -> up.contains(at(target)))
        ? Optional.empty()
        : Optional.of(next);
  }

  /// As a kernel asks that knows the hardware address and makes sure of it (RFC 1122 section
  /// 2.3.2.1, RFC 4861 section 7.3.3).
  static EthernetFrame question(LivenessTarget target, MacAddress own, MacAddress peer) {
    IpAddress remote = address(target.remote().getAddress());
    EthernetFrame.Payload payload =
        switch (address(target.local().getAddress())) {
          case Ipv4 local ->
              new ArpPacket(
                  ArpPacket.Operation.REQUEST, own, local, new MacAddress(0), (Ipv4) remote);
          case Ipv6 local ->
              new NeighborSolicitation(
                  local, (Ipv6) remote, (Ipv6) remote, Optional.of(own), OptionalLong.empty());
        };
    return new EthernetFrame(peer, own, payload);
  }
}
