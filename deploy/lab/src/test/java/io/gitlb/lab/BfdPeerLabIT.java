// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.lab.segment.WireJudge;
import io.gitlb.lab.segment.WireJudge.Sent;
import io.gitlb.schema.protocol.BfdSettings;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// BFD beside BGP with FRR and BIRD: 3 x 100 ms, and a hold time that nobody would wait for.
@NeedsLab
final class BfdPeerLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// From the last packet until the router's kernel has no route.
  private static final Duration NOTICED = Duration.ofSeconds(1);

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
    WireJudge judge = lan.judge();
    Bird bird = Bird.start(lab.sandbox(), lan.router(), BirdBfd.PLAIN);
    staysUpAndFallsAtOnce(lan);
    PeerLab.awaitShown("BIRD's session", () -> bird.show("show bfd sessions"), "Up");
    judge.expect(Set.of(Sent.OPEN, Sent.KEEPALIVE, Sent.UPDATE, Sent.BFD_DOWN, Sent.BFD_UP));
  }

  /// The router believes us and we believe it.
  @Test
  void birdAndWeSignBfd() {
    OnePeer lan = OnePeer.layOut(lab, LIMIT);
    Bird bird = Bird.start(lab.sandbox(), lan.router(), BirdBfd.SIGNED);
    staysUpAndFallsAtOnce(lan, BirdBfd.signedWith(BirdBfd.KEY));
    PeerLab.awaitShown("BIRD's session", () -> bird.show("show bfd sessions"), "Up");
  }

  private static void staysUpAndFallsAtOnce(OnePeer lan) {
    staysUpAndFallsAtOnce(lan, OnePeer.BFD);
  }

  private static void staysUpAndFallsAtOnce(OnePeer lan, BfdSettings bfd) {
    lan.speakers().start(lan.node());
    lan.tell(BirdBfd.peer(bfd));
    awaitUp(lan);

    lan.loseBfd("ip");
    long begun = System.nanoTime();
    lan.awaitRoute("the router's route is gone", String::isEmpty);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(NOTICED) < 0, () -> "after " + took);
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

  private static void awaitUp(OnePeer lan) {
    lan.awaitRoute("the router has the route", route -> !route.isEmpty());
    lan.awaitBfd();
  }
}
