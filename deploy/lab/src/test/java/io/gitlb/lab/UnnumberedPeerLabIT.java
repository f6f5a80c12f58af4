// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A session with FRR between the link-local addresses of a link, which each finds by the router
/// advertisements of the other.
@NeedsLab
final class UnnumberedPeerLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final PeerName PEER = new PeerName("leaf");
  private static final String SERVICE = "203.0.113.10";
  private static final String SERVICE_6 = "2001:db8:f00::10";
  private static final String PASSWORD = "lab-password";
  private static final String SOLE_ADDRESS = "fe80::7/64";
  private static final String OTHER_ADDRESS = "fe80::77/64";

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

  @RegisterExtension final Lab lab = new Lab();

  private SpeakerLab speakers;
  private LabNode node;
  private Host router;

  @Test
  void frrHasRoutesOfBothFamiliesAndIsFollowedToAnotherAddress() {
    String plain = FRR.formatted(LabNode.LAN, "");
    Frr frr = Frr.start(lab.sandbox(), router, plain);
    tell(extras());
    awaitRoutes();
    awaitPeer("it is found", peer -> peer.peerAddress().equals(IpAddress.of("fe80::7")));
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
    Frr.start(lab.sandbox(), router, plain);
    awaitRoutes();
    awaitPeer("it is followed", peer -> peer.peerAddress().equals(IpAddress.of("fe80::77")));
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
             neighbor %1$s ttl-security hops 1"""
                .formatted(LabNode.LAN, PASSWORD)));
    tell(
        extras()
            .withTtlSecurity(OptionalInt.of(1))
            .withPassword(new PeerPassword.InFile(secret.toString()))
            .withBfd(
                Optional.of(
                    new BfdSettings(
                        Duration.ofMillis(100),
                        Duration.ofMillis(100),
                        3,
                        BfdSettings.Role.ACTIVE,
                        254))));
    awaitRoutes();
    awaitBfd();

    router.exec("nft", "add table ip6 cut").orThrow();
    router.exec("nft", "add chain ip6 cut out { type filter hook output priority 0 ; }").orThrow();
    router.exec("nft", "add rule ip6 cut out udp dport 3784 drop").orThrow();
    awaitPeer(
        "the session has ended by a Cease",
        peer -> peer.lastError().filter(text -> text.contains("Cease")).isPresent());
    router.exec("nft", "delete table ip6 cut").orThrow();
    awaitRoutes();
    awaitBfd();
  }

  /// A node and a router with one link-local address each, and no other address at the router.
  @BeforeEach
  void begin() {
    speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    node = speakers.nodes().getFirst();
    router = lab.host("router");
    speakers.lan().attach(router, LabNode.LAN);
    router.ip("-6", "address", "flush", "dev", LabNode.LAN, "scope", "link").orThrow();
    router.ip("address", "add", SOLE_ADDRESS, "dev", LabNode.LAN, "nodad").orThrow();
    speakers.start(node);
  }

  private static Extras extras() {
    return new Extras(new TreeSet<>(List.of(IpFamily.values())), Optional.empty(), Optional.empty())
        .withInterface(Optional.of(LabNode.LAN));
  }

  private void tell(Extras extras) {
    PeerSettings peer =
        new PeerSettings(
            PEER,
            new Asn(64_512),
            PeerSettings.RemoteAs.Dynamic.EXTERNAL,
            PeerSettings.UNKNOWN_ADDRESS,
            179,
            Duration.ofSeconds(9),
            Optional.empty(),
            Optional.of(Duration.ofSeconds(1)),
            Optional.empty(),
            Optional.empty(),
            Hops.SINGLE,
            extras);
    SortedMap<IpAddress, List<BgpRoute>> routes = new TreeMap<>();
    for (String service : List.of(SERVICE, SERVICE_6)) {
      IpAddress address = IpAddress.of(service);
      routes.put(
          address,
          List.of(
              new BgpRoute(
                  IpPrefix.host(address),
                  OptionalLong.empty(),
                  List.of(),
                  new TreeSet<>(List.of(PEER)))));
    }
    assertTrue(speakers.route(node, List.of(peer), routes), "the speaker did not store it");
  }

  /// The kernel of the router forwards to the node by its link-local address.
  private void awaitRoutes() {
    awaitRoute("-4", SERVICE + "/32", "IPv4", route -> route.contains("via inet6 fe80::"));
    awaitRoute("-6", SERVICE_6 + "/128", "IPv6", route -> route.contains("via fe80::"));
  }

  private void awaitRoute(String family, String prefix, String what, Predicate<String> condition) {
    Await.until(
        "the router's route: " + what,
        LIMIT,
        () -> router.ip(family, "route", "show", "exact", prefix).output().strip(),
        condition);
  }

  private void awaitPeer(String what, Predicate<PeerStatus> condition) {
    Await.until(
        what,
        LIMIT,
        () -> speakers.status(node).map(SpeakerStatus::peers).orElse(List.of()),
        found -> found.stream().anyMatch(condition));
  }

  private void awaitBfd() {
    Await.until(
        "BFD is up",
        LIMIT,
        () -> speakers.status(node).map(SpeakerStatus::bfd).orElse(List.of()),
        found ->
            found.stream().map(BfdStatus::state).toList().equals(List.of("Up"))
                && found.getFirst().detectionTime().equals(Duration.ofMillis(300)));
  }
}
