// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Password;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Passwords out of Secrets with real routers: the wrong one, another one while the session is up,
/// and none any more; with FRR in the own AS, and with BIRD that calls us.
@SharesLab
final class PasswordPeerLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String FRR =
      """
      hostname router
      router bgp 64512
       bgp router-id 10.78.0.1
       neighbor 10.78.0.11 remote-as 64512
       neighbor 10.78.0.11 passive
       neighbor 10.78.0.11 password first
      """;

  private static final String BIRD =
      """
      router id 10.78.0.1;
      protocol device {}
      protocol kernel { ipv4 { export all; }; }
      protocol bgp four {
        local 10.78.0.1 as 64513;
        neighbor 10.78.0.11 as 64512;
        password "PASSWORD";
        connect delay time 1;
        connect retry time 1;
        error wait time 1, 2;
        ipv4 { import all; export none; };
      }
      """;

  @RegisterExtension final Lab lab = new Lab();

  private OnePeer lan;

  @BeforeEach
  void aNodeAndARouter() {
    lan = OnePeer.layOut(lab, LIMIT);
    lan.speakers().start(lan.node());
  }

  @Test
  void frrInOurAs() {
    Frr frr = Frr.start(lab.sandbox(), lan.router(), FRR);
    story(
        peer(64_512, Initiative.ACTIVE),
        password -> frr.configure("router bgp 64512", "neighbor 10.78.0.11 password " + password),
        "no answer to the connection; is there another password");
    assertTrue(
        frr.show("show bgp ipv4 unicast " + OnePeer.SERVICE + "/32").contains("internal"),
        "FRR takes it for a peer of another AS");
  }

  @Test
  void birdThatCallsUs() {
    Bird bird = Bird.start(lab.sandbox(), lan.router(), BIRD.replace("PASSWORD", "first"));
    story(
        peer(64_513, Initiative.PASSIVE),
        password -> bird.configure(BIRD.replace("PASSWORD", password)),
        "the peer has not called; passive at both ends, or another password?");
  }

  /// @param atRouter gives the router another password than `first`
  /// @param mismatch how the status begins to say that the passwords may differ
  private void story(PeerSettings peer, Consumer<String> atRouter, String mismatch) {
    tell(peer, given("wrong"));
    lan.awaitPeer(
        "the status tells of the password",
        found -> found.lastError().filter(why -> why.startsWith(mismatch)).isPresent());
    assertTrue(lan.kernelRoute().isEmpty(), "a route came without the password");

    tell(peer, given("first"));
    awaitRoute();
    Instant first = since();

    atRouter.accept("second");
    tell(peer, given("second"));
    lan.awaitPeer(
        "a session with the second password", found -> isUp(found) && found.since().isAfter(first));
    awaitRoute();

    Instant second = since();
    tell(peer, new PeerPassword.Missing("there is no Secret"));
    Await.until(
        "the status tells that the Secret is missing",
        LIMIT,
        () -> lan.speakers().status(lan.node()).map(SpeakerStatus::problems).orElse(List.of()),
        found -> found.toString().contains("there is no Secret"));
    awaitRoute();
    assertEquals(second, since(), "the session ended with the Secret");
  }

  private static PeerPassword given(String password) {
    return new PeerPassword.Given(Password.of(password.getBytes(StandardCharsets.US_ASCII)));
  }

  private void tell(PeerSettings peer, PeerPassword password) {
    lan.tell(peer.withExtras(peer.extras().withPassword(password)));
  }

  private static PeerSettings peer(long asn, Initiative initiative) {
    return OnePeer.peer(
        asn, Duration.ofSeconds(9), Extras.of(IpFamily.IPV4).withInitiative(initiative));
  }

  /// Of the session that is up.
  private Instant since() {
    return lan.speakers().status(lan.node()).orElseThrow().peers().getFirst().since();
  }

  private static boolean isUp(PeerStatus peer) {
    return peer.state().equalsIgnoreCase("Established");
  }

  private void awaitRoute() {
    lan.awaitPeer("the session is up", PasswordPeerLabIT::isUp);
    lan.awaitRoute("the router has the route", found -> !found.isEmpty());
  }
}
