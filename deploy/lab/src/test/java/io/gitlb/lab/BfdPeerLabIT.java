// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.lab.segment.WireJudge;
import io.gitlb.lab.segment.WireJudge.Sent;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Password;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// BFD beside BGP with FRR and BIRD: 3 x 100 ms, and a hold time that nobody would wait for.
@NeedsLab
final class BfdPeerLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// Longer than BGP waits for BFD.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

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
    OnePeer lan = OnePeer.layOut(lab, LIMIT);
    WireJudge judge = lan.judge();
    Frr frr = Frr.start(lab.sandbox(), lan.router(), FRR);
    staysUpAndFallsAtOnce(lan);
    lan.speakers().speaker(lan.node()).stop();
    Await.until(
        "FRR has no route of a speaker that has stopped",
        LIMIT,
        () -> frr.show("show bgp ipv4 unicast " + OnePeer.SERVICE),
        shown -> !shown.contains("10.78.0.11"));
    judge.expect(
        Set.of(
            Sent.OPEN,
            Sent.KEEPALIVE,
            Sent.UPDATE,
            Sent.NOTIFICATION,
            Sent.SHUTDOWN_TEXT,
            Sent.BFD_ADMIN_DOWN,
            Sent.BFD_DOWN,
            Sent.BFD_UP,
            Sent.BFD_POLL,
            Sent.BFD_FINAL));
  }

  @Test
  void birdAndWeNoticeAPathThatIsLost() {
    OnePeer lan = OnePeer.layOut(lab, LIMIT);
    Bird bird = Bird.start(lab.sandbox(), lan.router(), BIRD);
    staysUpAndFallsAtOnce(lan);
    PeerLab.awaitShown("BIRD's session", () -> bird.show("show bfd sessions"), "Up");
  }

  /// The router believes us and we believe it; with another key neither does: BGP ends with BFD,
  /// and begins again when BFD was waited for in vain.
  @Test
  void birdAndWeSignBfd() {
    OnePeer lan = OnePeer.layOut(lab, PATIENCE);
    Bird bird =
        Bird.start(
            lab.sandbox(),
            lan.router(),
            BIRD.replace(
                "multiplier 3;",
                "multiplier 3; authentication meticulous keyed sha1; password \"lab-key\" { id 7;"
                    + " };"));
    staysUpAndFallsAtOnce(lan, signed("lab-key"));
    PeerLab.awaitShown("BIRD's session", () -> bird.show("show bfd sessions"), "Up");
    lan.tell(peer(signed("other-key")));
    Await.until(
        "BFD with another key is down",
        LIMIT,
        () -> lan.speakers().status(lan.node()).map(SpeakerStatus::bfd).orElse(List.of()),
        found -> found.stream().map(BfdStatus::state).toList().equals(List.of("Down")));
    lan.awaitRoute("the router has the route all the same", route -> !route.isEmpty());
  }

  private static BfdSettings signed(String key) {
    return OnePeer.BFD.withSignature(
        new BfdSettings.Signature(
            BfdSettings.SignatureKind.METICULOUS_KEYED_SHA1,
            7,
            new PeerPassword.Given(Password.of(key.getBytes(StandardCharsets.US_ASCII)))));
  }

  private static void staysUpAndFallsAtOnce(OnePeer lan) {
    staysUpAndFallsAtOnce(lan, OnePeer.BFD);
  }

  private static void staysUpAndFallsAtOnce(OnePeer lan, BfdSettings bfd) {
    lan.speakers().start(lan.node());
    lan.tell(peer(bfd));
    awaitUp(lan);

    lan.loseBfd("ip");
    long begun = System.nanoTime();
    lan.awaitRoute("the router's route is gone", String::isEmpty);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(Duration.ofSeconds(1)) < 0, () -> "after " + took);
    // Either end may be the first to end the session: both know by BFD, and BIRD's Cease, 6/0, does
    // not say so.
    lan.awaitPeer(
        "the session has ended by BFD, and the next one waits for it",
        peer ->
            peer.state().equalsIgnoreCase("Idle")
                && peer.lastError().filter(BfdPeerLabIT::isByBfd).isPresent());
    lan.restoreBfd("ip");
    awaitUp(lan);
  }

  private static boolean isByBfd(String error) {
    return error.equals("sent Cease/BFD Down (6/10)")
        || error.equals("received Cease/BFD Down (6/10)")
        || error.equals("BFD has lost the path (in Idle)");
  }

  private static PeerSettings peer(BfdSettings bfd) {
    return OnePeer.peer(
        64_513, Duration.ofSeconds(90), Extras.of(IpFamily.IPV4).withBfd(Optional.of(bfd)));
  }

  private static void awaitUp(OnePeer lan) {
    lan.awaitRoute("the router has the route", route -> !route.isEmpty());
    lan.awaitBfd();
  }
}
