// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A session costs what its routes cost, however long it lasts and whatever was said in it.
final class SessionMemoryTest {

  private static final int LIMIT = 2 << 20;

  private final SpeakerFixture fixture = new SpeakerFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void whatWasSaidInASessionLeavesNothingBehind() throws IOException {
    try (ScriptedPeer tor = ScriptedPeer.listening()) {
      fixture.peer(SpeakerFixture.config("tor", tor));
      Conversation conversation = tor.establish(SpeakerFixture.HOLD);
      talk(conversation, 50);
      long before = heapInUse();

      talk(conversation, 300);

      long grown = heapInUse() - before;
      assertTrue(grown < LIMIT, "the heap grew by " + grown + " octets");
      assertEquals(State.ESTABLISHED, fixture.status("tor").state());
    }
  }

  /// In each round half of the routes go and others come, and the peer says what a peer says.
  private void talk(Conversation conversation, int rounds) throws IOException {
    MessageCodec codec = new MessageCodec(AsWidth.FOUR_OCTETS);
    RouteRefresh again = new RouteRefresh(AddressFamily.IPV4_UNICAST, RouteRefresh.REQUEST);
    for (int round = 0; round < rounds; round++) {
      Map<IpPrefix, RouteAttributes> routes = SpeakerFixture.hosts((round % 2) * 500, 1_000);
      fixture.routes(routes);
      conversation.readUntil(routes.keySet());
      conversation.write(codec.encode(new Keepalive()));
      if (round % 50 == 0) {
        conversation.write(codec.encode(again));
      }
    }
  }

  private static long heapInUse() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
