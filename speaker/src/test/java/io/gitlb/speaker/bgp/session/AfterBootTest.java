// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import io.gitlb.speaker.bgp.packet.Capability.GracefulRestart;
import io.gitlb.speaker.bgp.packet.Capability.PreservedFamily;
import io.gitlb.speaker.bgp.packet.Capability.RestartFlag;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The first OPEN after a boot of the node: the R bit without the F bit (RFC 4724 section 3), so
/// that a router that still has our routes of before drops them.
final class AfterBootTest {

  @Test
  void whatTheKernelHasForgottenIsNotClaimed() throws IOException {
    try (ScriptedPeer tor = ScriptedPeer.listening();
        BgpSpeaker speaker = booted()) {
      speaker.apply(List.of(config(tor)), Map.of());
      Conversation first = tor.accept();
      GracefulRestart restart = establish(first);
      assertEquals(EnumSet.allOf(RestartFlag.class), restart.flags());
      assertEquals(List.of(Forwarding.LOST), forwarding(restart));

      first.close();
      GracefulRestart later = establish(tor.accept());
      assertEquals(Set.of(RestartFlag.NOTIFICATION), later.flags());
      assertEquals(List.of(Forwarding.PRESERVED), forwarding(later));
    }
  }

  /// An edit resets the session; nothing was told in this run before it had come up, and what it
  /// told then is forwarded.
  @Test
  void anEditClaimsWhatThisRunHasTold() throws IOException {
    try (ScriptedPeer tor = ScriptedPeer.listening();
        BgpSpeaker speaker = booted()) {
      speaker.apply(List.of(config(tor)), Map.of());
      Conversation first = tor.accept();
      assertInstanceOf(Open.class, first.read());
      speaker.apply(List.of(edited(tor, 30)), Map.of());
      assertEquals(List.of(Forwarding.LOST), forwarding(establish(tor.accept())));

      speaker.apply(List.of(edited(tor, 31)), Map.of());
      Conversation third = tor.accept();
      assertEquals(List.of(Forwarding.PRESERVED), forwarding(restart(third)));
      speaker.apply(List.of(edited(tor, 32)), Map.of());
      assertEquals(List.of(Forwarding.PRESERVED), forwarding(establish(tor.accept())));
    }
  }

  /// The name is that of a router with which there was a session, the router is not.
  @Test
  void anotherRouterOfThatNameWasToldNothing() throws IOException {
    try (ScriptedPeer tor = ScriptedPeer.listening();
        ScriptedPeer spine = ScriptedPeer.listening(0, "127.0.0.2");
        BgpSpeaker speaker = booted()) {
      speaker.apply(List.of(config(tor)), Map.of());
      assertEquals(List.of(Forwarding.LOST), forwarding(establish(tor.accept())));

      speaker.apply(List.of(config(spine)), Map.of());
      assertEquals(List.of(Forwarding.LOST), forwarding(establish(spine.accept())));
    }
  }

  private static BgpSpeaker booted() {
    return BgpSpeaker.start(
        new NodeName("node-1"),
        InstantSource.system(),
        _ -> {},
        Forwarding.LOST,
        NodeLinks.UNKNOWN);
  }

  private static PeerConfig config(ScriptedPeer router) {
    return SpeakerFixture.config("tor", router).withGracefulRestart(Duration.ofMinutes(1));
  }

  private static PeerConfig edited(ScriptedPeer router, int holdSeconds) {
    return config(router).withTimes(SpeakerFixture.times(Duration.ofSeconds(holdSeconds)));
  }

  private static GracefulRestart restart(Conversation conversation) throws IOException {
    Open open = assertInstanceOf(Open.class, conversation.read());
    return open.last(GracefulRestart.class).orElseThrow();
  }

  private static GracefulRestart establish(Conversation conversation) throws IOException {
    GracefulRestart restart = restart(conversation);
    conversation.write(ScriptedPeer.open(SpeakerFixture.HOLD));
    assertInstanceOf(Keepalive.class, conversation.read());
    conversation.write(new Keepalive());
    // End-of-RIB: the session is up.
    conversation.readUpdate();
    return restart;
  }

  private static List<Forwarding> forwarding(GracefulRestart restart) {
    return restart.families().stream().map(PreservedFamily::forwarding).toList();
  }
}
