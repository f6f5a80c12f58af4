// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.lab.segment.WireJudge.Sent;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sessions with BIRD.
@SharesLab
final class BirdPeerLabIT {

  private static final String CONFIGURATION =
      """
      router id 10.78.0.1;
      protocol device {}
      protocol kernel { ipv4 { export all; }; }
      protocol kernel { ipv6 { export all; }; }
      protocol static { ipv4; route 198.51.100.0/24 unreachable
        { bgp_community.add((64513,7)); bgp_large_community.add((64513,1,2)); }; }
      protocol static { ipv6; route 2001:db8:1::/48 unreachable
        { bgp_community.add((64513,7)); bgp_large_community.add((64513,1,2)); }; }
      protocol bgp four {
        local 10.78.0.1 as 64513;
        neighbor 10.78.0.11 as 64512;
        password "lab-password";
        ttl security on;
        passive;
        ipv4 { import all; export where source = RTS_STATIC; };
      }
      protocol bgp six {
        local 2001:db8:78::1 as 64513;
        neighbor 2001:db8:78::11 as 64512;
        password "lab-password";
        ttl security on;
        passive;
        ipv4 { import all; export where source = RTS_STATIC; extended next hop on; };
        ipv6 { import all; export where source = RTS_STATIC; };
      }
      """;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void birdHasEveryRouteAndKeepsItWhileTheSpeakerIsAway() throws InterruptedException {
    PeerLab peers = PeerLab.start(lab);
    Bird bird = Bird.start(lab.sandbox(), peers.router(), CONFIGURATION);
    peers.tell();
    peers.awaitSessions();
    peers.awaitRoutes(PeerLab.OVER_IPV4, PeerLab.IPV4_OVER_IPV6, PeerLab.OVER_IPV6);

    PeerLab.awaitShown(
        "the route over IPv4",
        () -> bird.show("show route all " + PeerLab.OVER_IPV4),
        "BGP.next_hop: 10.78.0.11",
        "BGP.community: (64512,100) (65535,65281)",
        "BGP.large_community: (64512, 1, 2)",
        "BGP.origin: IGP");
    PeerLab.awaitShown(
        "the IPv4 route over IPv6",
        () -> bird.show("show route all " + PeerLab.IPV4_OVER_IPV6),
        "BGP.next_hop: 2001:db8:78::11",
        "BGP.community: (64512,100) (65535,65281)",
        "BGP.large_community: (64512, 1, 2)");
    PeerLab.awaitShown(
        "the IPv6 route",
        () -> bird.show("show route all " + PeerLab.OVER_IPV6),
        "BGP.next_hop: 2001:db8:78::11",
        "BGP.community: (64512,100) (65535,65281)",
        "BGP.large_community: (64512, 1, 2)");

    BooleanSupplier stale =
        () -> bird.show("show protocols all").contains("Neighbor graceful restart active");
    UnaryOperator<String> rib = prefix -> bird.show("show route all " + prefix);
    peers.killAndStartSpeaker(stale, rib);
    peers.stopAndStartSpeaker(stale, rib);
    bird.kill();
    Bird again = Bird.start(lab.sandbox(), peers.router(), CONFIGURATION);
    peers.awaitSessions();
    peers.awaitRoutes(PeerLab.OVER_IPV4, PeerLab.IPV4_OVER_IPV6, PeerLab.OVER_IPV6);
    peers.awaitUpdates();
    peers.refresh(() -> again.show("reload in all"), SoftRefresh.Marks.AROUND, rib);
    fullTable(peers, again);
    peers.judge().expect(PeerLab.said(Sent.BEGIN_OF_REFRESH, Sent.END_OF_REFRESH));
  }

  /// No fewer messages have room for so many routes.
  private static void fullTable(PeerLab peers, Bird bird) {
    int before = peers.judge().count(Sent.UPDATE);
    peers.tellMore(10_000);
    PeerLab.awaitShown(
        "BIRD has them all", () -> bird.show("show route protocol four count"), "10001 of ");
    assertEquals(13, peers.judge().count(Sent.UPDATE) - before, "UPDATEs");
  }
}
