// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.Frr;
import io.gitlb.lab.segment.WireJudge.Sent;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sessions with FRR.
@SharesLab
final class FrrPeerLabIT {

  private static final String CONFIGURATION =
      """
      hostname router
      route-map marked permit 10
       set community 64513:7
       set large-community 64513:1:2
      router bgp 64513
       coalesce-time 100
       bgp router-id 10.78.0.1
       no bgp ebgp-requires-policy
       no bgp network import-check
       no bgp default ipv4-unicast
       neighbor 10.78.0.11 remote-as 64512
       neighbor 10.78.0.11 password lab-password
       neighbor 10.78.0.11 ttl-security hops 1
       neighbor 2001:db8:78::11 remote-as 64512
       neighbor 2001:db8:78::11 password lab-password
       neighbor 2001:db8:78::11 ttl-security hops 1
       neighbor 2001:db8:78::11 capability extended-nexthop
       address-family ipv4 unicast
        network 198.51.100.0/24 route-map marked
        neighbor 10.78.0.11 activate
        neighbor 2001:db8:78::11 activate
       exit-address-family
       address-family ipv6 unicast
        network 2001:db8:1::/48 route-map marked
        neighbor 2001:db8:78::11 activate
       exit-address-family
      """;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void frrHasEveryRouteAndKeepsItWhileTheSpeakerIsAway() throws InterruptedException {
    PeerLab peers = PeerLab.start(lab);
    Frr frr = Frr.start(lab.sandbox(), peers.router(), CONFIGURATION);
    peers.tell();
    peers.awaitSessions();
    peers.awaitRoutes(PeerLab.OVER_IPV4, PeerLab.IPV4_OVER_IPV6, PeerLab.OVER_IPV6);

    PeerLab.awaitShown(
        "the route over IPv4",
        () -> frr.show("show bgp ipv4 unicast " + PeerLab.OVER_IPV4),
        "10.78.0.11 from 10.78.0.11",
        "Community: 64512:100 no-export",
        "Large Community: 64512:1:2",
        "Origin IGP");
    PeerLab.awaitShown(
        "the IPv4 route over IPv6",
        () -> frr.show("show bgp ipv4 unicast " + PeerLab.IPV4_OVER_IPV6),
        "2001:db8:78::11 from 2001:db8:78::11",
        "Community: 64512:100 no-export",
        "Large Community: 64512:1:2");
    PeerLab.awaitShown(
        "the IPv6 route",
        () -> frr.show("show bgp ipv6 unicast " + PeerLab.OVER_IPV6),
        "2001:db8:78::11 from 2001:db8:78::11",
        "Community: 64512:100 no-export",
        "Large Community: 64512:1:2");
    PeerLab.awaitShown(
        "what was negotiated",
        () -> frr.show("show bgp neighbors 2001:db8:78::11"),
        "Extended nexthop: advertised and received",
        "Graceful Restart Capability: advertised and received",
        "Route refresh: advertised and received",
        "Enhanced Route Refresh: advertised and received");
    UnaryOperator<String> rib =
        prefix ->
            frr.show("show bgp " + (prefix.contains(":") ? "ipv6" : "ipv4") + " unicast " + prefix);

    peers.killAndStartSpeaker(
        () ->
            frr.show("show bgp ipv4 unicast " + PeerLab.OVER_IPV4).contains("stale")
                || frr.show("show bgp ipv6 unicast " + PeerLab.OVER_IPV6).contains("stale"),
        rib);
    frr.close();
    Frr again = Frr.start(lab.sandbox(), peers.router(), CONFIGURATION);
    peers.awaitSessions();
    peers.awaitRoutes(PeerLab.OVER_IPV4, PeerLab.IPV4_OVER_IPV6, PeerLab.OVER_IPV6);
    peers.awaitUpdates();
    peers.refresh(() -> again.show("clear bgp * soft in"), SoftRefresh.Marks.AROUND, rib);
    peers.leave();
    for (String prefix : List.of(PeerLab.OVER_IPV4, PeerLab.IPV4_OVER_IPV6, PeerLab.OVER_IPV6)) {
      // FRR tells its kernel when it has heard us.
      Await.until(
          "the router's kernel is rid of " + prefix,
          PeerLab.LIMIT,
          () -> peers.kernelRoute(prefix),
          String::isEmpty);
    }
    peers
        .judge()
        .expect(
            PeerLab.said(
                Sent.BEGIN_OF_REFRESH,
                Sent.END_OF_REFRESH,
                Sent.WITHDRAWAL_IPV4,
                Sent.WITHDRAWAL_IPV6,
                Sent.NOTIFICATION));
  }
}
