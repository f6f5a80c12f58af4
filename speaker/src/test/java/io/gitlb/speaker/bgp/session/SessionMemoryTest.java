// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Community;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A session costs what its routes cost, however long it lasts and whatever was said in it.
final class SessionMemoryTest {

  private static final int ROUNDS = 200;

  /// What a round may leave behind: hardly more than an entry of a map, so whatever is kept of each
  /// round is seen.
  private static final int OCTETS_A_ROUND = 100;

  /// Other things in this process grow too, once in a while; what is kept of each round does so in
  /// each of these.
  private static final int SPELLS = 3;

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
      talk(conversation, 0, 100);
      long least = Long.MAX_VALUE;
      for (int spell = 0; spell < SPELLS; spell++) {
        long before = heapInUse();
        talk(conversation, 100 + spell * ROUNDS, ROUNDS);
        least = Math.min(least, heapInUse() - before);
      }

      assertTrue(least < ROUNDS * OCTETS_A_ROUND, "the heap grew by " + least + " octets");
      assertEquals(State.ESTABLISHED, fixture.status("tor").state());
    }
  }

  /// In each round half of the routes go and others come, with attributes that never were before,
  /// and the peer says what a peer says.
  private void talk(Conversation conversation, int first, int rounds) throws IOException {
    MessageCodec codec = new MessageCodec(AsWidth.FOUR_OCTETS);
    RouteRefresh again = new RouteRefresh(AddressFamily.IPV4_UNICAST, RouteRefresh.REQUEST);
    for (int round = first; round < first + rounds; round++) {
      Map<IpPrefix, RouteAttributes> routes = SpeakerFixture.hosts((round % 2) * 500, 1_000);
      Community novelty = new Community.Standard(round);
      routes.replaceAll((_, _) -> new RouteAttributes(100, List.of(novelty)));
      fixture.routes(routes);
      conversation.readUntil(routes.keySet());
      conversation.write(codec.encode(new Keepalive()));
      if (round % 50 == 0) {
        conversation.write(codec.encode(again));
      }
    }
  }

  private static long heapInUse() {
    for (int i = 0; i < 3; i++) {
      System.gc(); // What is freed by a cleaner goes with the second.
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
