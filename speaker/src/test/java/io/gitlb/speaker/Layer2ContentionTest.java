// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.Probing.Finding;
import io.gitlb.speaker.l2.ArpPacket;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.HolderKind;
import io.gitlb.speaker.ownership.Channel;
import io.gitlb.speaker.ownership.ClaimsContent;
import io.gitlb.speaker.ownership.Contact;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.OwnershipSettings;
import io.gitlb.speaker.ownership.Start;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Others that use addresses, through the whole of layer 2.
final class Layer2ContentionTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final MacAddress STRANGER = MacAddress.of("02:00:5e:00:53:aa");
  private static final Ipv4 HELD = v4("192.0.2.10");
  private static final Ipv4 FREE = v4("192.0.2.20");

  private final FakeSegmentPort port = new FakeSegmentPort();
  private final ContentionCounts counts = new ContentionCounts();
  private Instant now = START;
  private SortedMap<IpAddress, Conflict> conflicts = new TreeMap<>();
  private SortedMap<String, SortedSet<NodeName>> contacts = new TreeMap<>();
  private final Layer2 layer2 =
      new Layer2(
          SELF,
          port,
          new VerdictCounts(),
          counts,
          () -> now,
          OwnershipSettings.defaults(),
          new QuietListener() {

            @Override
            public void conflicts(SortedMap<IpAddress, Conflict> all) {
              conflicts = all;
            }

            @Override
            public void claims(Optional<DesiredState> inForce, ClaimsContent content) {
              contacts = content.contacts();
            }
          });

  @BeforeEach
  void announce() {
    port.link("eth0", 2, "02:00:5e:00:53:01", "192.0.2.0/24");
    layer2.survey(now);
    layer2.begin(new Start.Fresh(), now);
    layer2.apply(state(1, List.of(), layer2("192.0.2.10", List.of(SELF))), Origin.RECONCILER, now);
    run(6_000);
    port.segment("eth0").sent.clear();
  }

  @Test
  void aConflictEndsWithTheAnnouncement() {
    port.segment("eth0").answers(claim(HELD));
    run(10);
    assertEquals(Set.of(HELD), conflicts.keySet());
    layer2.apply(state(2, List.of()), Origin.RECONCILER, now);
    assertTrue(conflicts.isEmpty());
  }

  // A speaker that claims the address is no conflict; what its node answers when it is dead is one.
  @Test
  void whatTheNodeOfADeadSpeakerAnswersIsAnotherAnnouncer() {
    NodeName other = new NodeName("node-b");
    isOnTheStrangersNode(other);
    layer2.told(claimed(other), now);
    answerFor(4_000);
    assertTrue(conflicts.isEmpty());

    layer2.channel(other, Channel.REFUSED, now);
    answerFor(4_000);
    assertEquals(
        HolderKind.OTHER_ANNOUNCER_ON_NODE,
        Objects.requireNonNull(conflicts.get(HELD), () -> conflicts.toString()).kind());
  }

  // Many speakers that start at once do not read each other's claims for a while.
  @Test
  void aSpeakerWhoseClaimsDoNotComeIsNoConflict() {
    NodeName other = new NodeName("node-b");
    isOnTheStrangersNode(other);
    layer2.told(nothing(other, 1), now);
    layer2.channel(other, Channel.SILENT, now);
    answerFor(4_000);
    assertTrue(conflicts.isEmpty());

    layer2.channel(other, Channel.OPEN, now);
    answerFor(4_000);
    assertEquals(Set.of(HELD), conflicts.keySet());
  }

  private void isOnTheStrangersNode(NodeName other) {
    Member.Link link = new Member.Link("eth0", STRANGER, new TreeSet<>());
    layer2.apply(
        state(2, List.of(), layer2("192.0.2.10", List.of(SELF, other)))
            .withMembers(List.of(new Member(other, Optional.empty(), List.of(link)))),
        Origin.RECONCILER,
        now);
  }

  @Test
  void whoIsAskedWithoutContactSaysThatItHearsOthers() {
    NodeName other = new NodeName("node-b");
    layer2.apply(
        state(2, List.of(), layer2("192.0.2.10", List.of(SELF, other)))
            .withMembers(List.of(new Member(other, Optional.empty(), List.of()))),
        Origin.RECONCILER,
        now);
    layer2.contact(other, "eth0", Contact.UP, now);
    ask();
    assertEquals(Map.of("eth0", Set.of(other)), contacts);

    layer2.contact(other, "eth0", Contact.DOWN, now);
    run(100);
    assertEquals(Map.of(), contacts);
    ask();
    assertEquals(Map.of("eth0", Set.of(SELF)), contacts);
    run(2_500);
    assertEquals(Map.of(), contacts);
  }

  private void ask() {
    ArpPacket question =
        new ArpPacket(
            ArpPacket.Operation.REQUEST, STRANGER, v4("192.0.2.7"), new MacAddress(0), HELD);
    assertTrue(
        port.segment("eth0").answers(new EthernetFrame(MacAddress.BROADCAST, STRANGER, question)));
    run(100);
  }

  private void answerFor(int millis) {
    for (int i = 0; i < millis; i += 500) {
      port.segment("eth0").answers(claim(HELD));
      run(500);
    }
  }

  @Test
  void theNeighboursAreToldAgainWhenAnotherHolderHasGivenWay() {
    NodeName other = new NodeName("node-b");
    shareWith(other);
    layer2.told(claimed(other), now);
    run(400);
    assertEquals(4, rounds(), "beside");
    run(6_000);
    port.segment("eth0").sent.clear();

    layer2.contact(other, "eth0", Contact.UP, now);
    run(101);
    assertEquals(2, rounds(), "after a heal");
    run(6_000);
    port.segment("eth0").sent.clear();

    layer2.told(nothing(other, 2), now);
    run(1);
    assertEquals(2, rounds(), "at once when the other has stopped");
    run(6_000);
    port.segment("eth0").sent.clear();
    run(6_000);
    assertEquals(0, rounds());
  }

  @Test
  void whatAComingHolderSaysIsNotToldAgainst() {
    NodeName other = new NodeName("node-b");
    layer2.apply(
        state(2, List.of(), layer2("192.0.2.10", List.of(other, SELF)))
            .withMembers(List.of(new Member(other, Optional.empty(), List.of()))),
        Origin.RECONCILER,
        now);
    run(6_000);
    port.segment("eth0").sent.clear();
    layer2.told(claimed(other, 2), now);
    run(1_000);
    assertEquals(0, rounds());
  }

  private void shareWith(NodeName other) {
    layer2.apply(
        state(2, List.of(), layer2("192.0.2.10", List.of(SELF, other)))
            .withMembers(List.of(new Member(other, Optional.empty(), List.of()))),
        Origin.RECONCILER,
        now);
    run(6_000);
    port.segment("eth0").sent.clear();
  }

  private long rounds() {
    return port.segment("eth0").sent.stream()
        .filter(frame -> frame.payload() instanceof ArpPacket packet && !isProbe(packet))
        .count();
  }

  private static boolean isProbe(ArpPacket packet) {
    return packet.senderAddress().bits() == 0;
  }

  // What a kernel says to whoever asked, and to nobody else.
  @Test
  void kernelsOfTwoNodesThatAnswerTheHolderAreFound() {
    MacAddress third = MacAddress.of("02:00:5e:00:53:bb");
    layer2.apply(
        state(2, List.of(), layer2("192.0.2.10", List.of(SELF)))
            .withMembers(List.of(member("node-b", STRANGER), member("node-c", third))),
        Origin.RECONCILER,
        now);
    for (int i = 0; i < 40_000; i += 100) {
      run(100);
      List<EthernetFrame> sent = port.segment("eth0").sent;
      if (sent.stream().anyMatch(frame -> isProbeFor(frame, HELD))) {
        sent.clear();
        run(10);
        port.segment("eth0").answers(answer(STRANGER));
        port.segment("eth0").answers(answer(third));
      }
    }
    assertEquals(
        HolderKind.KERNEL_ANSWERS,
        Objects.requireNonNull(conflicts.get(HELD), () -> conflicts.toString()).kind());
    assertEquals(0, rounds(), "kernels are not fought with");
  }

  private static Member member(String node, MacAddress mac) {
    return new Member(
        new NodeName(node),
        Optional.empty(),
        List.of(new Member.Link("eth0", mac, new TreeSet<>())));
  }

  private static boolean isProbeFor(EthernetFrame frame, Ipv4 address) {
    return frame.payload() instanceof ArpPacket packet
        && isProbe(packet)
        && packet.targetAddress().equals(address);
  }

  private EthernetFrame answer(MacAddress from) {
    MacAddress own = Objects.requireNonNull(port.links.get("eth0")).macAddress();
    return new EthernetFrame(
        own, from, new ArpPacket(ArpPacket.Operation.REPLY, from, HELD, own, new Ipv4(0)));
  }

  private static SpeakerClaims nothing(NodeName node, long sequence) {
    return claims(node, sequence, List.of());
  }

  // Worse than what is held here, so that this node goes on.
  private static SpeakerClaims claimed(NodeName node) {
    return claimed(node, 1);
  }

  private static SpeakerClaims claimed(NodeName node, int term) {
    SpeakerClaims.Claim claim =
        new SpeakerClaims.Claim(
            HELD, new Generation(1, term), 1, SpeakerClaims.ClaimState.HOLDING, List.of("eth0"));
    return claims(node, 1, List.of(claim));
  }

  private static SpeakerClaims claims(
      NodeName node, long sequence, List<SpeakerClaims.Claim> claims) {
    return new SpeakerClaims(
        node,
        "boot",
        sequence,
        Optional.empty(),
        SpeakerClaims.Presence.PRESENT,
        claims,
        new TreeSet<>(),
        new TreeMap<>(),
        Optional.empty());
  }

  @Test
  void whatTheOtherLinkOfThisNodeSaysIsNoConflict() {
    port.link("eth1", 3, STRANGER.toString(), "198.51.100.0/24");
    layer2.survey(now);
    port.segment("eth0").answers(claim(HELD));
    run(10);
    assertTrue(conflicts.isEmpty());
  }

  @Test
  void anAddressThatAStrangerHasIsTakenAndOneThatNobodyHasIsFree() {
    assertEquals(new Finding.Free(), detect(Optional.empty()));
    assertEquals(
        new Finding.Taken(new TreeSet<>(Set.of(STRANGER))), detect(Optional.of(claim(FREE))));
    assertEquals(6, port.segment("eth0").sent.size());
  }

  @Test
  void stoppingAnswersThoseThatWait() {
    List<SortedMap<IpAddress, Finding>> told = new ArrayList<>();
    layer2.detect(new TreeSet<>(Set.of(FREE)), told::add, now);
    layer2.withdrawAll();
    assertEquals(new Finding.Unprobed(Probing.Reason.BUSY), told.getFirst().get(FREE));
  }

  private Finding detect(Optional<EthernetFrame> answer) {
    List<SortedMap<IpAddress, Finding>> told = new ArrayList<>();
    layer2.detect(new TreeSet<>(Set.of(FREE)), told::add, now);
    run(50);
    answer.ifPresent(frame -> port.segment("eth0").answers(frame));
    run(900);
    assertEquals(1, told.size());
    return Objects.requireNonNull(told.getFirst().get(FREE));
  }

  private void run(int millis) {
    for (int i = 0; i < millis; i++) {
      layer2.tick(now);
      now = now.plusMillis(1);
    }
  }

  private static EthernetFrame claim(Ipv4 address) {
    return new EthernetFrame(
        MacAddress.BROADCAST,
        STRANGER,
        new ArpPacket(ArpPacket.Operation.REPLY, STRANGER, address, new MacAddress(0), address));
  }

  private static Ipv4 v4(String text) {
    return new Ipv4(IpAddress.of(text).toNumber().intValue());
  }
}
