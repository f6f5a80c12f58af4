// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sessions and BFD in a VRF of the node. A kernel without VRFs binds sockets to any interface by
/// the same call: there the interface itself stands for the VRF.
@NeedsLab
final class VrfPeerLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final PeerName PEER = new PeerName("tor");
  private static final String ROUTER = "10.78.0.1";
  private static final String NODE = "10.78.0.11";
  private static final String SERVICE = "203.0.113.10";
  private static final String VRF = "red";

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
       neighbor 10.78.0.11 remote-as 64512
       neighbor 10.78.0.11 timers connect 1
       neighbor 10.78.0.11 bfd profile fast
      """;

  @RegisterExtension final Lab lab = new Lab();

  private SpeakerLab speakers;
  private LabNode node;
  private Host router;
  private String vrf = LabNode.LAN;

  @Test
  void theSocketsAreInTheVrfAndNowhereElse() {
    tell(peer("nowhere", Initiative.ACTIVE));
    awaitPeer("the reason is said", one -> one.lastError().filter(this::names).isPresent());
    assertTrue(sockets("-tn").isBlank(), () -> sockets("-tn"));

    tell(peer(vrf, Initiative.ACTIVE));
    awaitSession();
    Await.until(
        "both of BFD's sockets are bound",
        LIMIT,
        () -> sockets("-uan"),
        shown -> shown.lines().filter(line -> line.contains("%" + vrf)).count() == 2);
    assertTrue(sockets("-tn").lines().anyMatch(line -> line.contains("%" + vrf + ":")));

    tell(peer(vrf, Initiative.PASSIVE));
    Await.until(
        "it listens there", LIMIT, () -> sockets("-tln"), shown -> shown.contains("%" + vrf));
    awaitSession();
    assertTrue(
        sockets("-tln").lines().allMatch(line -> line.contains("%" + vrf)), () -> sockets("-tln"));
  }

  private boolean names(String error) {
    return error.contains("No such device");
  }

  @BeforeEach
  void begin() {
    speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    node = speakers.nodes().getFirst();
    if (node.host().ip("link", "add", VRF, "type", "vrf", "table", "100").ok()) {
      node.host().ip("link", "set", VRF, "up").orThrow();
      node.host().ip("link", "set", LabNode.LAN, "master", VRF).orThrow();
      vrf = VRF;
    }
    router = lab.host("router");
    speakers.lan().attach(router, LabNode.LAN, ROUTER + "/16");
    Frr.start(lab.sandbox(), router, FRR);
    speakers.start(node);
  }

  /// Those of BGP and BFD.
  private String sockets(String kind) {
    return node.host()
        .exec(
            "ss",
            "-H",
            kind,
            "( sport = :179 or dport = :179 or sport = :3784 or dport = :3784"
                + " or ( sport ge :49152 and src %s ) )".formatted(NODE))
        .output()
        .strip();
  }

  private static PeerSettings peer(String device, Initiative initiative) {
    return new PeerSettings(
        PEER,
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of(ROUTER),
        179,
        Duration.ofSeconds(9),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.empty(),
        Hops.SINGLE,
        Extras.of(IpFamily.IPV4)
            .withVrf(Optional.of(device))
            .withInitiative(initiative)
            .withBfd(
                Optional.of(
                    new BfdSettings(
                        Duration.ofMillis(100),
                        Duration.ofMillis(100),
                        3,
                        BfdSettings.Role.ACTIVE,
                        254))));
  }

  private void tell(PeerSettings peer) {
    IpAddress address = IpAddress.of(SERVICE);
    TreeMap<IpAddress, List<BgpRoute>> routes = new TreeMap<>();
    routes.put(
        address,
        List.of(
            new BgpRoute(
                IpPrefix.host(address),
                OptionalLong.empty(),
                List.of(),
                new TreeSet<>(List.of(PEER)))));
    assertTrue(speakers.route(node, List.of(peer), routes), "the speaker did not store it");
  }

  private void awaitSession() {
    Await.until(
        "the router has the route",
        LIMIT,
        () -> router.ip("-4", "route", "show", "exact", SERVICE + "/32").output(),
        route -> route.contains("via " + NODE));
    awaitPeer("the session is up", one -> one.state().equalsIgnoreCase("ESTABLISHED"));
    Await.until(
        "BFD is up",
        LIMIT,
        () -> speakers.status(node).map(SpeakerStatus::bfd).orElse(List.of()),
        found -> found.stream().map(BfdStatus::state).toList().equals(List.of("Up")));
  }

  private void awaitPeer(String what, Predicate<PeerStatus> condition) {
    Await.until(
        what,
        LIMIT,
        () -> speakers.status(node).map(SpeakerStatus::peers).orElse(List.of()),
        found -> found.stream().anyMatch(condition));
  }
}
