// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static io.gitlb.speaker.l2.ArpFrames.ADDRESS;
import static io.gitlb.speaker.l2.ArpFrames.ASKER;
import static io.gitlb.speaker.l2.ArpFrames.ASKER_ADDRESS;
import static io.gitlb.speaker.l2.ArpFrames.OURS;
import static io.gitlb.speaker.l2.ArpFrames.ZERO;
import static io.gitlb.speaker.l2.ArpFrames.v4;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ResponderTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Ipv4 ELSEWHERE = v4("192.0.2.20");
  private static final AnswerTable TABLE = new AnswerTable(Set.of(ADDRESS), Set.of(ELSEWHERE));

  private final Responder responder = new Responder(OURS);

  @Test
  void aBroadcastRequestIsAnsweredToTheAskerAlone() {
    Verdict verdict = responder.answer(ByteBuffer.wrap(ArpFrames.REQUEST.octets()), TABLE, NOW);
    Verdict.Reply reply = assertInstanceOf(Verdict.Reply.class, verdict);
    assertArrayEquals(ArpFrames.REPLY.octets(), reply.frame().encode());
  }

  @Test
  void aUnicastRequestIsAnsweredBecauseRoutersRefreshThatWay() {
    EthernetFrame unicast = new EthernetFrame(OURS, ASKER, ArpFrames.REQUEST.value().payload());
    assertEquals(new Verdict.Reply(ArpFrames.REPLY.value()), judge(unicast));
  }

  @Test
  void aProbeIsAnsweredBecauseThatIsTheDefence() {
    EthernetFrame probe = ArpFrames.request(ASKER, v4("0.0.0.0"), ADDRESS);
    Verdict.Reply reply = assertInstanceOf(Verdict.Reply.class, judge(probe));
    assertEquals(ASKER, reply.frame().destination());
  }

  /// A frame and the rule that drops it.
  record Dropped(EthernetFrame frame, DropReason reason) {}

  static List<Dropped> dropped() {
    MacAddress group = MacAddress.of("01:00:5e:00:00:01");
    return List.of(
        new Dropped(ArpFrames.request(OURS, ASKER_ADDRESS, ADDRESS), DropReason.OWN_FRAME),
        new Dropped(ArpFrames.GRATUITOUS_REQUEST.value(), DropReason.OWN_FRAME),
        new Dropped(ArpFrames.GRATUITOUS_REPLY.value(), DropReason.OWN_FRAME),
        new Dropped(
            ArpFrames.request(group, ASKER_ADDRESS, ADDRESS), DropReason.SENDER_MAC_INVALID),
        new Dropped(
            ArpFrames.request(MacAddress.BROADCAST, ASKER_ADDRESS, ADDRESS),
            DropReason.SENDER_MAC_INVALID),
        new Dropped(ArpFrames.request(ZERO, ASKER_ADDRESS, ADDRESS), DropReason.SENDER_MAC_INVALID),
        new Dropped(
            new EthernetFrame(
                MacAddress.BROADCAST,
                MacAddress.of("02:00:5e:00:53:bb"),
                ArpFrames.REQUEST.value().payload()),
            DropReason.SENDER_MAC_MISMATCH),
        new Dropped(
            new EthernetFrame(group, ASKER, ArpFrames.REQUEST.value().payload()),
            DropReason.WRONG_DESTINATION),
        new Dropped(
            new EthernetFrame(
                MacAddress.of("02:00:5e:00:53:cc"), ASKER, ArpFrames.REQUEST.value().payload()),
            DropReason.WRONG_DESTINATION),
        new Dropped(ArpFrames.request(ASKER, ADDRESS, ADDRESS), DropReason.FOREIGN_CLAIM),
        new Dropped(ArpFrames.request(ASKER, ELSEWHERE, ADDRESS), DropReason.FOREIGN_CLAIM),
        new Dropped(reply(ASKER, ADDRESS), DropReason.FOREIGN_CLAIM),
        new Dropped(reply(ASKER, ASKER_ADDRESS), DropReason.ARP_REPLY),
        new Dropped(
            ArpFrames.request(ASKER, v4("127.0.0.1"), ADDRESS), DropReason.SENDER_ADDRESS_INVALID),
        new Dropped(
            ArpFrames.request(ASKER, v4("0.0.0.1"), ADDRESS), DropReason.SENDER_ADDRESS_INVALID),
        new Dropped(
            ArpFrames.request(ASKER, v4("224.0.0.1"), ADDRESS), DropReason.SENDER_ADDRESS_INVALID),
        new Dropped(
            ArpFrames.request(ASKER, v4("255.255.255.255"), v4("255.255.255.255")),
            DropReason.SENDER_ADDRESS_INVALID),
        new Dropped(ArpFrames.request(ASKER, ASKER_ADDRESS, ELSEWHERE), DropReason.OTHER_INTERFACE),
        new Dropped(
            ArpFrames.request(ASKER, ASKER_ADDRESS, v4("192.0.2.11")), DropReason.NOT_ANNOUNCED));
  }

  @ParameterizedTest
  @MethodSource("dropped")
  void eachRuleHasItsOwnReason(Dropped dropped) {
    assertEquals(new Verdict.Drop(dropped.reason()), judge(dropped.frame()));
  }

  @Test
  void whatCannotBeDecodedIsDroppedWithTheDecodersReason() {
    assertEquals(
        new Verdict.Drop(DropReason.FRAME_TRUNCATED),
        responder.answer(ByteBuffer.allocate(13), TABLE, NOW));
  }

  @Test
  void anEmptyTableAnswersNobody() {
    assertEquals(
        new Verdict.Drop(DropReason.NOT_ANNOUNCED),
        responder.answer(ByteBuffer.wrap(ArpFrames.REQUEST.octets()), AnswerTable.EMPTY, NOW));
  }

  @Test
  void aFloodForOneAddressIsAnsweredAtMostAThousandTimesASecond() {
    int[] repliesInSecond = new int[3];
    for (int millisecond = 0; millisecond < 3_000; millisecond++) {
      for (int i = 0; i < 20; i++) {
        if (judgeAt(ArpFrames.REQUEST.value(), NOW.plusMillis(millisecond))
            instanceof Verdict.Reply) {
          repliesInSecond[millisecond / 1_000]++;
        }
      }
    }
    // The first second spends the burst on top.
    assertEquals(
        List.of(2_000, 1_000, 1_000),
        Arrays.stream(repliesInSecond).boxed().map(n -> (n + 1) / 10 * 10).toList());
    Verdict other =
        judgeAt(
            ArpFrames.request(MacAddress.of("02:00:5e:00:53:ab"), ASKER_ADDRESS, ADDRESS),
            NOW.plusMillis(2_999));
    assertInstanceOf(Verdict.Reply.class, other, "another station is not limited by it");
  }

  @Test
  void aClockSetBackDoesNotSilenceTheResponder() {
    assertInstanceOf(Verdict.Reply.class, judgeAt(ArpFrames.REQUEST.value(), NOW));
    for (int i = 0; i < 100; i++) {
      judgeAt(ArpFrames.REQUEST.value(), NOW.plusSeconds(3_600));
    }
    judgeAt(ArpFrames.REQUEST.value(), NOW);
    assertInstanceOf(
        Verdict.Reply.class, judgeAt(ArpFrames.REQUEST.value(), NOW.plusMillis(1_500)));
  }

  private static EthernetFrame reply(MacAddress from, Ipv4 address) {
    return new EthernetFrame(
        OURS, from, new ArpPacket(ArpPacket.Operation.REPLY, from, address, OURS, address));
  }

  private Verdict judge(EthernetFrame frame) {
    return judgeAt(frame, NOW);
  }

  private Verdict judgeAt(EthernetFrame frame, Instant now) {
    return responder.answer(ByteBuffer.wrap(frame.encode()), TABLE, now);
  }
}
