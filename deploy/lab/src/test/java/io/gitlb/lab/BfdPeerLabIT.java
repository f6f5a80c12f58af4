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
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// BFD beside BGP with FRR and BIRD: 3 x 100 ms, and a hold time that nobody would wait for.
@NeedsLab
final class BfdPeerLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String ROUTER = "10.78.0.1";
  private static final String NODE = "10.78.0.11";
  private static final PeerName PEER = new PeerName("router");
  private static final String SERVICE = "203.0.113.10";

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
       timers bgp 30 90
       neighbor 10.78.0.11 remote-as 64512
       neighbor 10.78.0.11 bfd profile fast
      """;

  private static final String BIRD =
      """
      router id 10.78.0.1;
      protocol device {}
      protocol kernel { ipv4 { export all; }; }
      protocol bfd {
        interface "*" { min rx interval 100 ms; min tx interval 100 ms; multiplier 3; };
      }
      protocol bgp four {
        local 10.78.0.1 as 64513;
        neighbor 10.78.0.11 as 64512;
        passive;
        error wait time 1, 2;
        bfd on;
        ipv4 { import all; export none; };
      }
      """;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void frrAndWeNoticeAPathThatIsLost() {
    SpeakerLab speakers = speakers();
    Host router = router(speakers);
    Frr frr = Frr.start(lab.sandbox(), router, FRR);
    staysUpAndFallsAtOnce(speakers, router);
    LabNode node = speakers.nodes().getFirst();
    speakers.speaker(node).stop();
    Await.until(
        "FRR has no route of a speaker that has stopped",
        LIMIT,
        () -> frr.show("show bgp ipv4 unicast " + SERVICE),
        shown -> !shown.contains("10.78.0.11"));
  }

  @Test
  void birdAndWeNoticeAPathThatIsLost() {
    SpeakerLab speakers = speakers();
    Host router = router(speakers);
    Bird bird = Bird.start(lab.sandbox(), router, BIRD);
    staysUpAndFallsAtOnce(speakers, router);
    PeerLab.awaitShown("BIRD's session", () -> bird.show("show bfd sessions"), "Up");
  }

  private SpeakerLab speakers() {
    return new SpeakerLab(
        lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
  }

  private Host router(SpeakerLab speakers) {
    Host router = lab.host("router");
    speakers.lan().attach(router, LabNode.LAN, ROUTER + "/16");
    return router;
  }

  private static void staysUpAndFallsAtOnce(SpeakerLab speakers, Host router) {
    LabNode node = speakers.nodes().getFirst();
    speakers.start(node);
    IpAddress address = IpAddress.of(SERVICE);
    SortedMap<IpAddress, List<BgpRoute>> routes = new TreeMap<>();
    routes.put(
        address,
        List.of(
            new BgpRoute(
                IpPrefix.host(address),
                OptionalLong.empty(),
                List.of(),
                new TreeSet<>(List.of(PEER)))));
    assertTrue(speakers.route(node, List.of(peer()), routes), "the speaker did not store it");
    awaitUp(speakers, node, router);

    cut(router, "add");
    long begun = System.nanoTime();
    awaitRoute(router, "the router's route is gone", String::isEmpty);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, () -> "after " + took);
    // Either end may be the first to end the session: both know by BFD.
    awaitPeer(
        speakers,
        node,
        "the session has ended by a Cease",
        peer -> peer.lastError().filter(text -> text.contains("Cease")).isPresent());
    cut(router, "delete");
    awaitUp(speakers, node, router);
  }

  private static PeerSettings peer() {
    return new PeerSettings(
        PEER,
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of(ROUTER),
        179,
        Duration.ofSeconds(90),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.of(IpAddress.of(NODE)),
        Hops.SINGLE,
        Extras.of(IpFamily.IPV4)
            .withBfd(
                Optional.of(
                    new BfdSettings(
                        Duration.ofMillis(100),
                        Duration.ofMillis(100),
                        3,
                        BfdSettings.Role.ACTIVE,
                        254))));
  }

  /// The router's BFD packets do not arrive any more; BGP's do.
  private static void cut(Host router, String what) {
    if (what.equals("add")) {
      router.exec("nft", "add table ip cut").orThrow();
      router.exec("nft", "add chain ip cut out { type filter hook output priority 0 ; }").orThrow();
      router.exec("nft", "add rule ip cut out udp dport 3784 drop").orThrow();
    } else {
      router.exec("nft", "delete table ip cut").orThrow();
    }
  }

  private static void awaitUp(SpeakerLab speakers, LabNode node, Host router) {
    awaitRoute(router, "the router has the route", route -> !route.isEmpty());
    Await.until(
        "BFD is up",
        LIMIT,
        () -> speakers.status(node).map(SpeakerStatus::bfd).orElse(List.of()),
        found ->
            found.stream().map(BfdStatus::state).toList().equals(List.of("Up"))
                && found.getFirst().detectionTime().equals(Duration.ofMillis(300)));
  }

  private static void awaitPeer(
      SpeakerLab speakers, LabNode node, String what, Predicate<PeerStatus> condition) {
    Await.until(
        what,
        LIMIT,
        () -> speakers.status(node).map(SpeakerStatus::peers).orElse(List.of()),
        found -> found.stream().anyMatch(condition));
  }

  private static void awaitRoute(Host router, String what, Predicate<String> condition) {
    Await.until(
        what,
        LIMIT,
        () -> router.ip("-4", "route", "show", "exact", SERVICE + "/32").output().strip(),
        condition);
  }
}
