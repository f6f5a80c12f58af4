// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.LinkAddress;
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
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Peers without contact are asked for their hardware address, by unicast.
final class IntroductionsTest {

  private static final MacAddress OWN = new MacAddress(0x0200_0000_0001L);
  private static final MacAddress PEER = new MacAddress(0x0200_0000_0002L);
  private static final NodeName NODE = new NodeName("node-2");

  private final Introductions introductions = new Introductions();
  private final List<EthernetFrame> sent = new ArrayList<>();
  private Instant now = Instant.EPOCH;

  private void follow(String local, String remote) {
    InetAddress own = InetAddress.ofLiteral(local);
    InetAddress peer = InetAddress.ofLiteral(remote);
    LivenessTarget target = new LivenessTarget(NODE, "eth0", own, peer);
    LinkAddress address = new LinkAddress(IpAddress.of(remote), 24);
    Member.Link link = new Member.Link("eth7", PEER, new TreeSet<>(List.of(address)));
    Member member = new Member(NODE, Optional.empty(), List.of(link));
    introductions.follow(new TreeSet<>(List.of(target)), List.of(member));
  }

  private List<EthernetFrame> advance(Duration after) {
    now = now.plus(after);
    sent.clear();
    introductions.advance(
        now,
        name -> name.equals("eth0") ? Optional.of(OWN) : Optional.empty(),
        (name, frame) -> sent.add(frame));
    return List.copyOf(sent);
  }

  @Test
  void asksForWhoeverThereIsNoContactWith() {
    follow("192.0.2.1", "192.0.2.2");
    ArpPacket question =
        new ArpPacket(
            ArpPacket.Operation.REQUEST,
            OWN,
            (Ipv4) IpAddress.of("192.0.2.1"),
            new MacAddress(0),
            (Ipv4) IpAddress.of("192.0.2.2"));
    List<EthernetFrame> one = List.of(new EthernetFrame(PEER, OWN, question));
    assertEquals(one, advance(Duration.ZERO));
    assertEquals(List.of(), advance(Duration.ofMillis(50)));
    assertEquals(Optional.of(now.plusMillis(50)), introductions.nextDue());
    assertEquals(one, advance(Duration.ofMillis(50)));

    introductions.contact(NODE, "eth0", Contact.UP);
    assertEquals(Optional.empty(), introductions.nextDue());
    assertEquals(List.of(), advance(Duration.ofSeconds(1)));
    follow("192.0.2.1", "192.0.2.2");
    assertEquals(List.of(), advance(Duration.ofSeconds(1)));

    introductions.contact(NODE, "eth0", Contact.DOWN);
    assertEquals(one, advance(Duration.ofSeconds(1)));
  }

  @Test
  void asksIpv6NeighboursLikewise() {
    follow("2001:db8::1", "2001:db8::2");
    Ipv6 own = (Ipv6) IpAddress.of("2001:db8::1");
    Ipv6 peer = (Ipv6) IpAddress.of("2001:db8::2");
    NeighborSolicitation question =
        new NeighborSolicitation(own, peer, peer, Optional.of(OWN), OptionalLong.empty());
    assertEquals(List.of(new EthernetFrame(PEER, OWN, question)), advance(Duration.ZERO));
  }

  @Test
  void asksNobodyWhoIsNotWatchedAnyMore() {
    follow("192.0.2.1", "192.0.2.2");
    introductions.follow(new TreeSet<>(), List.of());
    assertEquals(Optional.empty(), introductions.nextDue());
    assertEquals(List.of(), advance(Duration.ZERO));
  }
}
