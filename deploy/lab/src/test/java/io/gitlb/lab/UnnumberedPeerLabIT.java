// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.WireJudge;
import io.gitlb.lab.segment.WireJudge.Sent;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PeerName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A session with FRR between the link-local addresses of a link, which each finds by the router
/// advertisements of the other.
@SharesLab
final class UnnumberedPeerLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String SERVICE_6 = "2001:db8:f00::10";
  private static final String PASSWORD = "lab-password";
  private static final String SOLE_ADDRESS = "fe80::7/64";
  private static final String OTHER_ADDRESS = "fe80::77/64";

  /// Of BGP, at either end.
  private static final String SOCKETS = "( sport = :179 or dport = :179 )";

  /// What `ss` prints of a connection to our port.
  private static final Pattern CALLED =
      Pattern.compile("^\\d+ +\\d+ +\\S+:179 +\\S*(fe80::77|10\\.78\\.0\\.1)\\]?(%eth0)?:\\d+");

  private static final String[] NUMBERED = {
    "router bgp 64513",
    "neighbor 10.78.0.11 remote-as 64512",
    "neighbor 10.78.0.11 timers connect 1",
    "address-family ipv4 unicast",
    "neighbor 10.78.0.11 activate"
  };

  private static final String FRR =
      """
      hostname router
      bfd
       profile fast
        receive-interval 100
        transmit-interval 100
        detect-multiplier 3
       exit
      exit
      router bgp 64513
       bgp router-id 10.78.0.1
       no bgp ebgp-requires-policy
       no bgp default ipv4-unicast
       timers bgp 3 9
       neighbor %1$s interface remote-as external
      %2$s
       address-family ipv4 unicast
        neighbor %1$s activate
       exit-address-family
       address-family ipv6 unicast
        neighbor %1$s activate
       exit-address-family
      """;

  private static final Set<Sent> SAID =
      Set.of(
          Sent.ROUTER_ADVERTISEMENT,
          Sent.OPEN,
          Sent.KEEPALIVE,
          Sent.UPDATE,
          Sent.END_OF_RIB_IPV4,
          Sent.END_OF_RIB_IPV6);

  @RegisterExtension final Lab lab = new Lab();

  private OnePeer lan;
  private Host router;
  private WireJudge judge;

  @Test
  void frrHasRoutesOfBothFamiliesIsFollowedToAnotherAddressAndMayCall() {
    String plain = FRR.formatted(LabNode.LAN, "neighbor " + LabNode.LAN + " timers connect 1");
    Frr frr = Frr.start(lab.sandbox(), router, plain);
    tell(extras());
    awaitRoutes();
    lan.awaitPeer("it is found", peer -> peer.peerAddress().equals(IpAddress.of("fe80::7")));
    PeerLab.awaitShown(
        "what was negotiated",
        () -> frr.show("show bgp neighbors " + LabNode.LAN),
        "Extended nexthop: advertised and received",
        "IPv4 Unicast: advertised and received",
        "IPv6 Unicast: advertised and received");
    // FRR 8.4 does call itself one; that is not ours to judge.
    String theirs = router.ip("-6", "route", "show", "default").output();
    assertTrue(theirs.isBlank(), () -> "we are a default router: " + theirs);

    frr.close();
    router.ip("address", "delete", SOLE_ADDRESS, "dev", LabNode.LAN).orThrow();
    router.ip("address", "add", OTHER_ADDRESS, "dev", LabNode.LAN, "nodad").orThrow();
    router.ip("nexthop", "flush").orThrow(); // FRR was killed and has left routes by them.
    Frr again = Frr.start(lab.sandbox(), router, plain);
    awaitRoutes();
    lan.awaitPeer("it is followed", peer -> peer.peerAddress().equals(IpAddress.of("fe80::77")));

    router.address(LabNode.LAN, OnePeer.ROUTER + "/16");
    again.configure(NUMBERED);
    tell(List.of(peer(extras().withInitiative(Initiative.PASSIVE)), numbered()));
    Await.until(
        "FRR has called twice, and nothing else is open",
        LIMIT,
        () ->
            lan.node().host().exec("ss", "-Htn", "state", "established", SOCKETS).output().strip(),
        shown ->
            shown.lines().count() == 2
                && shown.lines().allMatch(line -> CALLED.matcher(line).find()));
    lan.awaitPeer("one session is up", one -> isUp(one, "router"));
    lan.awaitPeer("the other is up", one -> isUp(one, "numbered"));
    lan.awaitRoute("the router's route of IPv6", SERVICE_6, route -> route.contains("via fe80::"));
    judge.expect(SAID);
  }

  private static boolean isUp(PeerStatus peer, String name) {
    return peer.name().equals(new PeerName(name)) && peer.state().equalsIgnoreCase("Established");
  }

  @Test
  void bfdPasswordAndTtlSecurityGoOverLinkLocalAddressesToo() throws IOException {
    Path secret = lab.sandbox().scratch().resolve("password");
    Files.writeString(secret, PASSWORD + "\n");
    Frr.start(
        lab.sandbox(),
        router,
        FRR.formatted(
            LabNode.LAN,
            """
            neighbor %1$s bfd profile fast
            neighbor %1$s password %2$s
            neighbor %1$s ttl-security hops 1\
            """
                .formatted(LabNode.LAN, PASSWORD)));
    tell(
        extras()
            .withTtlSecurity(OptionalInt.of(1))
            .withPassword(new PeerPassword.InFile(secret.toString()))
            .withBfd(Optional.of(OnePeer.BFD)));
    awaitRoutes();
    lan.awaitBfd();

    lan.loseBfd("ip6");
    lan.awaitPeer(
        "the session has ended by a Cease",
        peer -> peer.lastError().filter(text -> text.contains("Cease")).isPresent());
    lan.restoreBfd("ip6");
    awaitRoutes();
    lan.awaitBfd();
    Set<Sent> said = EnumSet.of(Sent.BFD_DOWN, Sent.BFD_UP, Sent.BFD_POLL, Sent.BFD_FINAL);
    said.addAll(SAID);
    judge.expect(said);
  }

  /// A node and a router with one link-local address each, and no other address at the router.
  @BeforeEach
  void begin() {
    lan = OnePeer.layOut(lab, LIMIT);
    router = lan.router();
    router.ip("address", "flush", "dev", LabNode.LAN).orThrow();
    router.ip("address", "add", SOLE_ADDRESS, "dev", LabNode.LAN, "nodad").orThrow();
    judge = lan.judge();
    lan.speakers().start(lan.node());
  }

  private static Extras extras() {
    return new Extras(new TreeSet<>(List.of(IpFamily.values())), Optional.empty(), Optional.empty())
        .withInterface(Optional.of(LabNode.LAN));
  }

  private void tell(Extras extras) {
    tell(List.of(peer(extras)));
  }

  private void tell(List<PeerSettings> peers) {
    List<IpAddress> services = List.of(IpAddress.of(OnePeer.SERVICE), IpAddress.of(SERVICE_6));
    assertTrue(
        lan.speakers().route(lan.node(), Routing.hosts(peers, services)),
        "the speaker did not store it");
  }

  private static PeerSettings peer(Extras extras) {
    return OnePeer.peer(
        PeerSettings.RemoteAs.Dynamic.EXTERNAL, PeerSettings.UNKNOWN_ADDRESS, extras);
  }

  /// The same router as one that calls by its IPv4 address. It comes in by the interface that the
  /// node listens on for the other.
  private static PeerSettings numbered() {
    PeerSettings same =
        OnePeer.peer(
            PeerSettings.RemoteAs.Dynamic.EXTERNAL,
            IpAddress.of(OnePeer.ROUTER),
            Extras.of(IpFamily.IPV4).withInitiative(Initiative.PASSIVE));
    return new PeerSettings(
        new PeerName("numbered"),
        same.myAsn(),
        same.peerAs(),
        same.peerAddress(),
        same.port(),
        same.holdTime(),
        same.keepaliveTime(),
        same.connectTime(),
        same.routerId(),
        same.sourceAddress(),
        same.hops(),
        same.extras());
  }

  /// The kernel of the router forwards to the node by its link-local address.
  private void awaitRoutes() {
    lan.awaitRoute("the router's route of IPv4", route -> route.contains("via inet6 fe80::"));
    lan.awaitRoute("the router's route of IPv6", SERVICE_6, route -> route.contains("via fe80::"));
  }
}
