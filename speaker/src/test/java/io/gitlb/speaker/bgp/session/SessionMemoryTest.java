// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.LiveHeap;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.PathAttribute;
import io.gitlb.speaker.bgp.packet.PathAttribute.AsPath;
import io.gitlb.speaker.bgp.packet.PathAttribute.Communities;
import io.gitlb.speaker.bgp.packet.PathAttribute.NextHop;
import io.gitlb.speaker.bgp.packet.PathAttribute.Origin;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A session costs what its routes cost, however long it lasts and whatever was said in it.
final class SessionMemoryTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int ROUNDS = 200;

  /// What a round may leave behind: less than an entry of a map, so whatever is kept of each is
  /// seen.
  private static final int OCTETS_A_ROUND = 24;

  /// Other things in this process come and go too, once in a while; what is kept of each round
  /// grows in each of these.
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
      talk(conversation, 0);
      List<Long> grown = new ArrayList<>();
      List<Long> allocated = new ArrayList<>();
      for (int spell = 1; spell <= SPELLS; spell++) {
        long before = LiveHeap.octets();
        long allocatedBefore = allocatedByBgp();
        talk(conversation, spell * ROUNDS);
        allocated.add(allocatedByBgp() - allocatedBefore);
        grown.add(LiveHeap.octets() - before);
      }

      long median = grown.stream().sorted().toList().get(SPELLS / 2);
      assertTrue(median < ROUNDS * OCTETS_A_ROUND, () -> "the heap grew by octets: " + grown);
      assertTrue(
          allocated.getLast() < allocated.getFirst() * 5 / 4, () -> "allocated: " + allocated);
      assertEquals(State.ESTABLISHED, fixture.status("tor").state());
    }
  }

  /// In each round half of the routes go and others come, with attributes that never were before,
  /// and the peer says what a peer says: routes of its own that nobody else has, one of them in an
  /// UPDATE that is not right. All of it has been read and written in the end.
  private void talk(Conversation conversation, int first) throws IOException {
    MessageCodec codec = new MessageCodec(AsWidth.FOUR_OCTETS);
    RouteRefresh again = new RouteRefresh(AddressFamily.IPV4_UNICAST, RouteRefresh.REQUEST);
    conversation.write(codec.encode(again));
    Map<IpPrefix, RouteAttributes> routes = Map.of();
    for (int round = first; round < first + ROUNDS; round++) {
      routes = SpeakerFixture.hosts((round % 2) * 500, 1_000);
      Community novelty = new Community.Standard(round);
      routes.replaceAll((_, _) -> new RouteAttributes(100, List.of(novelty)));
      fixture.routes(routes);
      conversation.readUntil(routes.keySet());
      conversation.write(codec.encode(new Keepalive()));
      conversation.write(theirs(codec, round, List.of(Origin.IGP)));
      conversation.write(theirs(codec, round, List.of()));
    }
    long theirs = (first + ROUNDS) * 2L;
    fixture.await("tor", status -> status.traffic().prefixesReceived() == theirs);
    Map<IpPrefix, RouteAttributes> last = routes;
    fixture.await("tor", status -> status.told().equals(last));
  }

  private static byte[] theirs(MessageCodec codec, int round, List<PathAttribute> first) {
    List<PathAttribute> attributes = new ArrayList<>(first);
    attributes.add(AsPath.of(new Asn(ScriptedPeer.ASN)));
    attributes.add(new NextHop((Ipv4) IpAddress.of("192.0.2.1")));
    attributes.add(new Communities(List.of(new Community.Standard(round))));
    IpPrefix prefix = IpPrefix.host(new Ipv4(0x0B000000 + round));
    return codec.encode(new Update(List.of(), attributes, List.of(prefix)));
  }

  /// Octets, by the threads of all sessions since their start.
  private static long allocatedByBgp() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("bgp-"))
        .mapToLong(thread -> THREADS.getThreadAllocatedBytes(thread.threadId()))
        .sum();
  }
}
