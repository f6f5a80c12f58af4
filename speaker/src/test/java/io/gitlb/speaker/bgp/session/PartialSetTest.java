// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A peer asks for all routes while some may still be missing, as with `clear bgp soft in`.
final class PartialSetTest {

  private static final IpPrefix ROUTE = IpPrefix.of("203.0.113.1/32");
  private static final RouteRefresh ASK =
      new RouteRefresh(AddressFamily.IPV4_UNICAST, RouteRefresh.REQUEST);
  private static final Duration A_WHILE = Duration.ofMillis(300);

  @RegisterExtension final SpeakerFixture fixture = new SpeakerFixture();

  private final ScriptedPeer tor = fixture.listen();

  @Test
  void withoutGracefulRestartItIsAnsweredAtOnce() throws IOException {
    take(config(), Completeness.PARTIAL);
    Conversation conversation = tor.accept();
    conversation.establish(
        ScriptedPeer.openWith(SpeakerFixture.HOLD, new Capability.RouteRefreshRequest()));
    assertEquals(List.of(ROUTE), conversation.readUpdate().nlri());

    conversation.write(ASK);
    assertEquals(List.of(ROUTE), conversation.readUpdate().nlri());
  }

  /// RFC 7313 section 4.2.
  @Test
  void whereEndOfRibWasAgreedOnThatComesFirst() throws IOException {
    PeerConfig restarting = config().withGracefulRestart(Duration.ofMinutes(1));
    take(restarting, Completeness.PARTIAL);
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    assertEquals(List.of(ROUTE), conversation.readUpdate().nlri());

    conversation.write(ASK);
    assertTrue(conversation.saysNothing(A_WHILE));
    take(restarting, Completeness.WHOLE);
    assertEquals(Update.endOfRib(AddressFamily.IPV4_UNICAST), conversation.readUpdate());
    assertEquals(List.of(ROUTE), conversation.readUpdate().nlri());
  }

  private PeerConfig config() {
    return SpeakerFixture.config("tor", tor);
  }

  private void take(PeerConfig config, Completeness completeness) {
    fixture.speaker.apply(
        List.of(config),
        Map.of(config.name(), Map.of(ROUTE, RouteAttributes.DEFAULT)),
        completeness);
  }
}
