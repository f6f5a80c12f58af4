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
        BgpSpeaker speaker =
            BgpSpeaker.start(
                new NodeName("node-1"), InstantSource.system(), _ -> {}, Forwarding.LOST)) {
      PeerConfig config =
          SpeakerFixture.config("tor", tor).withGracefulRestart(Duration.ofMinutes(1));
      speaker.apply(List.of(config), Map.of());
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

  private static GracefulRestart establish(Conversation conversation) throws IOException {
    Open open = assertInstanceOf(Open.class, conversation.read());
    conversation.write(ScriptedPeer.open(SpeakerFixture.HOLD));
    assertInstanceOf(Keepalive.class, conversation.read());
    conversation.write(new Keepalive());
    // End-of-RIB: the session is up.
    conversation.readUpdate();
    return open.last(GracefulRestart.class).orElseThrow();
  }

  private static List<Forwarding> forwarding(GracefulRestart restart) {
    return restart.families().stream().map(PreservedFamily::forwarding).toList();
  }
}
