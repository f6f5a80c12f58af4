// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Two speakers of one cluster on one segment take an address over from each other: real frames,
/// and neither may ever think of a stranger.
final class TakeOversTest {

  private static final Ipv4 ADDRESS = ArpFrames.v4("192.0.2.10");

  @Test
  void twoSpeakersTakeOverAHundredTimesWithoutAFalseAlarm() {
    int count = Integer.getInteger("gitlb.random.rounds", 1);
    for (long seed = 0; seed < count; seed++) {
      takeOvers(new Random(seed), "seed " + seed);
    }
  }

  private static void takeOvers(Random random, String seed) {
    Speaker holder = new Speaker("n1", "02:00:5e:00:53:01", random);
    Speaker other = new Speaker("n2", "02:00:5e:00:53:02", random);
    holder.knows(other);
    other.knows(holder);
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    for (int i = 0; i < 100; i++) {
      holder.holds = random.nextBoolean();
      other.holds = false;
      // A paused holder that comes back probes at the same time as the one that takes over.
      boolean both = !holder.holds && random.nextBoolean();
      other.begin(now);
      if (both) {
        holder.begin(now);
      }
      now = exchange(List.of(holder, other), random, now);
      Set<NodeName> expected = holder.holds ? Set.of(holder.node) : Set.of();
      assertEquals(expected, other.split().members(), seed);
      assertEquals(both ? Set.of(holder.node) : Set.of(), other.split().probers(), seed);
      assertTrue(other.split().strangers().isEmpty(), seed);
      assertTrue(!both || holder.split().strangers().isEmpty(), seed);
      other.announceTo(holder, now, seed);
      Speaker last = holder;
      holder = other;
      other = last;
      now = now.plusMillis(random.nextInt(5_000));
    }
  }

  private static Instant exchange(List<Speaker> speakers, Random random, Instant from) {
    Instant now = from;
    while (speakers.stream().anyMatch(one -> one.rounds.nextDue().isPresent())) {
      for (Speaker speaker : speakers) {
        Instant at = now;
        ProbeRounds.Step step = speaker.rounds.advance(at);
        step.finished().forEach(result -> speaker.result = Optional.of(result));
        for (ProbeRounds.Probe probe : step.probes()) {
          EthernetFrame frame = ProbeFrames.probe(probe.key().address(), speaker.mac, random);
          // Everybody hears it, and a hub gives the sender a copy.
          for (Speaker hearer : speakers) {
            hearer.hear(frame, now).ifPresent(reply -> speaker.hear(reply, at));
          }
        }
      }
      now = now.plusMillis(1);
    }
    return now;
  }

  private static final class Speaker {
    private final NodeName node;
    private final MacAddress mac;
    private final Responder responder;
    private final ProbeRounds rounds;
    private final Conflicts conflicts = new Conflicts();
    private OwnNodes nodes = OwnNodes.NONE;
    private Optional<ProbeRounds.Result> result = Optional.empty();
    private boolean holds;

    Speaker(String node, String mac, Random random) {
      this.node = new NodeName(node);
      this.mac = MacAddress.of(mac);
      this.responder = new Responder(this.mac);
      this.rounds = new ProbeRounds(random);
    }

    void knows(Speaker peer) {
      TreeMap<MacAddress, NodeName> byMac = new TreeMap<>();
      byMac.put(peer.mac, peer.node);
      nodes = new OwnNodes(byMac);
    }

    void begin(Instant now) {
      ProbeRounds.Key key = new ProbeRounds.Key(ADDRESS, ProbeRounds.Purpose.TAKE_OVER);
      rounds.begin(key, List.of(new Link("eth0", 2, mac, new TreeSet<>())), now);
    }

    OwnNodes.Split split() {
      return nodes.split(result.orElseThrow());
    }

    /// Takes in a frame and gives the reply to it.
    Optional<EthernetFrame> hear(EthernetFrame frame, Instant now) {
      AnswerTable table = holds ? new AnswerTable(Set.of(ADDRESS), Set.of()) : AnswerTable.EMPTY;
      Heard heard = responder.hear(ByteBuffer.wrap(frame.encode()), table.watching(ADDRESS), now);
      heard.sighting().ifPresent(sighting -> rounds.sighted(sighting, "eth0"));
      return switch (heard.verdict()) {
        case Verdict.Reply(EthernetFrame reply) -> Optional.of(reply);
        case Verdict.Drop _ -> Optional.empty();
      };
    }

    /// The round of announcements after a take-over: for the last holder that is a member's claim.
    void announceTo(Speaker last, Instant now, String seed) {
      for (EthernetFrame frame : GratuitousAnnouncement.round(ADDRESS, mac)) {
        OwnNodes.Whose claiming = last.nodes.whose(mac, Set.of(node));
        Conflicts.Reaction reaction = last.conflicts.heard(sighting(frame), claiming, now);
        assertEquals(Conflicts.Reaction.NONE, reaction, seed);
      }
      assertTrue(last.conflicts.current().isEmpty(), seed);
      last.conflicts.released(ADDRESS);
    }

    private static Sighting sighting(EthernetFrame frame) {
      ArpPacket packet = (ArpPacket) frame.payload();
      return packet.senderAddress().bits() == 0
          ? new Sighting(packet.targetAddress(), packet.senderMac(), SightingKind.PROBE)
          : new Sighting(packet.senderAddress(), packet.senderMac(), SightingKind.CLAIM);
    }
  }
}
