// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.OTHER;
import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.FakeSegmentPort.FakeSegment;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.health.Gate;
import io.gitlb.speaker.l2.ArpPacket;
import io.gitlb.speaker.l2.DropReason;
import io.gitlb.speaker.l2.InterfaceAddress;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.NeighborAdvertisement;
import io.gitlb.speaker.l2.NeighborSolicitation;
import io.gitlb.speaker.ownership.ClaimsContent;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.OwnershipSettings;
import io.gitlb.speaker.ownership.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class Layer2Test {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final String MAC = "02:00:5e:00:53:01";
  private static final String OTHER_MAC = "02:00:5e:00:53:02";

  private final FakeSegmentPort port = new FakeSegmentPort();
  private final VerdictCounts counts = new VerdictCounts();
  private Instant now = START;
  private ActiveSet seen = ActiveSet.EMPTY;
  private List<Link> seenLinks = List.of();
  private Optional<DesiredState> claimedFrom = Optional.empty();
  private Map<String, String> seenRefusals = Map.of();
  private final Map<IpAddress, Instant> lastGratuitous = new TreeMap<>();
  private int gratuitousOver;
  private final Layer2 layer2 =
      new Layer2(
          SELF,
          port,
          counts,
          new ContentionCounts(),
          () -> now,
          OwnershipSettings.defaults(),
          new QuietListener() {
            @Override
            public void changed(
                Optional<DesiredState> inForce, ActiveSet active, List<Link> links) {
              seen = active;
              seenLinks = links;
            }

            @Override
            public void gratuitous(IpAddress address, Instant at) {
              lastGratuitous.put(address, at);
            }

            @Override
            public void gratuitousOver() {
              gratuitousOver++;
            }

            @Override
            public void claims(Optional<DesiredState> inForce, ClaimsContent content) {
              claimedFrom = inForce;
            }

            @Override
            public void refusals(SortedMap<String, String> refusals) {
              seenRefusals = refusals;
            }
          });

  @Test
  void aStateIsAnsweredAndToldInBothFormsSevenTimes() {
    given(layer2("192.0.2.10", List.of(SELF, OTHER)));
    FakeSegment eth0 = port.segment("eth0");
    assertTrue(eth0.answers("192.0.2.10"));
    assertFalse(eth0.answers("192.0.2.11"));
    assertEquals(List.of(addresses("192.0.2.10")), eth0.expected);
    assertEquals(List.of("REQUEST 192.0.2.10", "REPLY 192.0.2.10"), told(eth0));

    run(Duration.ofSeconds(6));
    assertEquals(14, eth0.sent.size());
    assertEquals(Optional.empty(), layer2.nextDue());
    assertEquals(1, counts.replies());
    assertEquals(14L, counts.values().get("gratuitous_sent"));
    assertEquals(
        START.plusMillis(4_400), lastGratuitous.get(IpAddress.of("192.0.2.10")), "the last round");
    assertEquals(1, gratuitousOver, "told once, when there is nothing left to send");
  }

  @Test
  void anAddressThatTheStateGivesToAnotherNodeIsNotAnswered() {
    given(layer2("192.0.2.10", List.of(OTHER)));
    FakeSegment eth0 = port.segment("eth0");
    assertFalse(eth0.answers("192.0.2.10"));
    run(Duration.ofSeconds(6));
    assertEquals(List.of(), eth0.sent);
    assertEquals(
        Map.of(IpAddress.of("192.0.2.10"), new Placement.Standby(Optional.empty())),
        seen.placements());
  }

  @Test
  void aBetterCandidateThatIsNeverHeardIsProbedForAndReplaced() {
    port.link("eth0", 2, MAC, "192.0.2.0/24");
    layer2.begin(new Start.Fresh(), now);
    layer2.tick(now);
    layer2.survey(now);
    layer2.apply(
        state(1, List.of(), layer2("192.0.2.10", List.of(OTHER, SELF)))
            .withMembers(List.of(new Member(OTHER, Optional.empty(), List.of()))),
        Origin.RECONCILER,
        now);
    FakeSegment eth0 = port.segment("eth0");
    assertFalse(eth0.answers("192.0.2.10"));
    run(Duration.ofSeconds(6));
    assertTrue(eth0.answers("192.0.2.10"));
  }

  @Test
  void aWithdrawnAddressIsSilentAtOnceEvenInTheMiddleOfItsBurst() {
    given(layer2("192.0.2.10", List.of(SELF)));
    FakeSegment eth0 = port.segment("eth0");
    layer2.apply(state(2, List.of()), Origin.RECONCILER, now);
    assertFalse(eth0.answers("192.0.2.10"));
    run(Duration.ofSeconds(6));
    assertEquals(2, eth0.sent.size());
    assertEquals(Map.of(), seen.placements());
  }

  @Test
  void anAddressThatStaysIsNotToldAgainWhenAnotherOneComes() {
    given(layer2("192.0.2.10", List.of(SELF)));
    run(Duration.ofSeconds(6));
    FakeSegment eth0 = port.segment("eth0");
    eth0.sent.clear();
    layer2.apply(
        state(
            2, List.of(), layer2("192.0.2.10", List.of(SELF)), layer2("192.0.2.11", List.of(SELF))),
        Origin.RECONCILER,
        now);
    run(Duration.ofSeconds(6));
    assertEquals(14, eth0.sent.size());
    assertTrue(told(eth0).stream().allMatch(line -> line.endsWith("192.0.2.11")));
  }

  @Test
  void theSameStateAgainSendsNothing() {
    given(layer2("192.0.2.10", List.of(SELF)));
    run(Duration.ofSeconds(6));
    FakeSegment eth0 = port.segment("eth0");
    eth0.sent.clear();
    layer2.apply(state(2, List.of(), layer2("192.0.2.10", List.of(SELF))), Origin.RECONCILER, now);
    run(Duration.ofSeconds(6));
    assertEquals(List.of(), eth0.sent);
    assertEquals(1, eth0.expected.size(), "the filter stays too");
  }

  @Test
  void aLinkThatGoesAndComesIsOpenedAnewAndToldAgain() {
    given(layer2("192.0.2.10", List.of(SELF)));
    run(Duration.ofSeconds(6));
    FakeSegment before = port.segment("eth0");
    Link link = port.links.remove("eth0");
    layer2.survey(now);
    assertTrue(before.closed);
    assertEquals(List.of(), seenLinks);
    assertEquals(
        new Placement.Impossible(Placement.Reason.NO_INTERFACE),
        seen.placements().get(IpAddress.of("192.0.2.10")));

    port.links.put("eth0", link);
    layer2.survey(now);
    run(Duration.ofSeconds(6));
    FakeSegment after = port.segment("eth0");
    assertTrue(after.answers("192.0.2.10"));
    assertEquals(14, after.sent.size());
  }

  @Test
  void anotherHardwareAddressIsToldAtOnce() {
    given(layer2("192.0.2.10", List.of(SELF)));
    run(Duration.ofSeconds(6));
    port.link("eth0", 2, OTHER_MAC, "192.0.2.0/24");
    layer2.survey(now);
    FakeSegment after = port.segment("eth0");
    assertEquals(2, after.sent.size());
    assertEquals(MacAddress.of(OTHER_MAC), after.sent.getFirst().source());
  }

  @Test
  void aCableThatWasOutForAMomentIsToldAnew() {
    given(layer2("192.0.2.10", List.of(SELF)));
    run(Duration.ofSeconds(6));
    Link link = requireNonNull(port.links.get("eth0"));
    port.links.put(
        "eth0",
        new Link(link.name(), link.index(), link.macAddress(), link.onLink(), link.addresses(), 2));
    layer2.survey(now);
    assertEquals(2, port.segment("eth0").sent.size());
    assertEquals(2, port.opened);
  }

  @Test
  void anotherLinkLocalAddressIsToldAtOnce() {
    given(layer2("2001:db8::10", List.of(SELF)));
    linkLocal("fe80::1");
    layer2.survey(now);
    run(Duration.ofSeconds(6));
    FakeSegment eth0 = port.segment("eth0");
    assertEquals(4, eth0.sent.size(), "the rounds of IPv6");
    linkLocal("fe80::2");
    layer2.survey(now);
    assertEquals(5, eth0.sent.size());
    assertEquals(1, port.opened, "the capture goes on");
  }

  private void linkLocal(String address) {
    TreeSet<IpPrefix> onLink =
        new TreeSet<>(List.of(IpPrefix.of("2001:db8::/64"), IpPrefix.of("fe80::/64")));
    TreeSet<InterfaceAddress> own =
        new TreeSet<>(List.of(new InterfaceAddress(IpAddress.of(address), 64)));
    port.links.put("eth0", new Link("eth0", 2, MacAddress.of(MAC), onLink, own));
  }

  @Test
  void aCaptureThatDiesIsOpenedAnew() {
    given(layer2("192.0.2.10", List.of(SELF)));
    FakeSegment before = port.segment("eth0");
    before.alive = false;
    layer2.survey(now);
    assertTrue(before.closed);
    assertTrue(port.segment("eth0").answers("192.0.2.10"));
    assertEquals(2, port.opened);
  }

  @Test
  void anAddressGivenToTheLinkLaterBringsItsNetworkAlong() {
    given(layer2("198.51.100.7", List.of(SELF)));
    assertEquals(
        new Placement.Impossible(Placement.Reason.NOT_ON_LINK),
        seen.placements().get(IpAddress.of("198.51.100.7")));
    port.link("eth0", 2, MAC, "192.0.2.0/24", "198.51.100.0/24");
    layer2.survey(now);
    assertEquals(1, port.opened, "the capture goes on");
    assertTrue(port.segment("eth0").answers("198.51.100.7"));
  }

  @Test
  void withoutTheRightToCaptureTheReasonIsToldAndTriedAgainLater() {
    port.refusal = Optional.of("Operation not permitted");
    given(layer2("192.0.2.10", List.of(SELF)));
    assertEquals(
        new Placement.Impossible(Placement.Reason.NO_CAPTURE),
        seen.placements().get(IpAddress.of("192.0.2.10")));
    assertEquals(Map.of("eth0", "Operation not permitted"), seenRefusals);
    layer2.survey(now);
    assertEquals(1, port.opened, "not each second");

    port.refusal = Optional.empty();
    now = now.plus(Layer2Thread.REOPEN_INTERVAL);
    layer2.tick(now);
    layer2.survey(now);
    assertTrue(port.segment("eth0").answers("192.0.2.10"));
    assertEquals(Map.of(), seenRefusals);
  }

  @Test
  void anAddressOfAnotherInterfaceIsCountedAsSuch() {
    port.link("eth1", 3, OTHER_MAC, "198.51.100.0/24");
    given(layer2("192.0.2.10", List.of(SELF)));
    assertFalse(port.segment("eth1").answers("192.0.2.10"));
    assertEquals(1, counts.drops(DropReason.OTHER_INTERFACE));
  }

  @Test
  void aSpeakerThatWasStoppedAnswersNothingBeforeItHasLookedAgain() {
    given(layer2("192.0.2.10", List.of(SELF)));
    FakeSegment eth0 = port.segment("eth0");
    now = now.plus(Fence.LEASE);
    assertTrue(eth0.answers("192.0.2.10"));
    now = now.plusNanos(1);
    assertFalse(eth0.answers("192.0.2.10"));
    assertEquals(1, counts.drops(DropReason.FENCED));
    layer2.tick(now);
    assertFalse(eth0.answers("192.0.2.10"), "not before it has asked the segment");
    run(Duration.ofMillis(500));
    assertTrue(eth0.answers("192.0.2.10"));
  }

  @Test
  void pausesAreCountedAndTimed() {
    given(layer2("192.0.2.10", List.of(SELF)));
    for (long millis : List.of(900L, 200L, 300L)) {
      now = now.plusMillis(millis);
      layer2.tick(now);
    }
    // The lease lets 200 ms pass.
    assertEquals(2L, counts.values().get("pauses"));
    assertEquals(1_200L, counts.values().get("pauses_milliseconds"));
    assertEquals(900L, counts.values().get("pauses_longest_milliseconds"));
  }

  @Test
  void afterAStopTheTablesAreEmptiedBeforeAnythingMayLeave() {
    port.link("eth1", 3, OTHER_MAC, "198.51.100.0/24");
    given(layer2("192.0.2.10", List.of(SELF)));
    layer2.apply(
        state(
            2,
            List.of(),
            layer2("192.0.2.10", List.of(SELF)),
            layer2("198.51.100.10", List.of(SELF))),
        Origin.RECONCILER,
        now);
    FakeSegment eth0 = port.segment("eth0");
    FakeSegment eth1 = port.segment("eth1");
    assertTrue(eth1.answers("198.51.100.10"));
    long replies = replies(eth0) + replies(eth1);
    now = now.plusSeconds(10);
    boolean[] answered = {false, false};
    eth0.whenExpected =
        () -> {
          answered[0] = true;
          answered[1] |= eth1.answers("198.51.100.10");
        };
    layer2.tick(now);
    eth0.whenExpected = () -> {};
    assertTrue(answered[0], "the tables were filled anew");
    assertFalse(answered[1], "from a table of before the stop");
    assertEquals(replies, replies(eth0) + replies(eth1));
  }

  private static long replies(FakeSegment segment) {
    return told(segment).stream().filter(line -> line.startsWith("REPLY")).count();
  }

  @Test
  void whatWasDueWhileItWasStoppedIsToldAfterTheNextLookOnly() {
    given(layer2("192.0.2.10", List.of(SELF)));
    FakeSegment eth0 = port.segment("eth0");
    now = now.plusSeconds(10);
    layer2.apply(
        state(
            2, List.of(), layer2("192.0.2.10", List.of(SELF)), layer2("192.0.2.11", List.of(SELF))),
        Origin.RECONCILER,
        now);
    assertEquals(2, eth0.sent.size(), "only what was told before the stop");
    run(Duration.ofSeconds(6));
    assertEquals(14, told(eth0).stream().filter(line -> line.endsWith("192.0.2.11")).count());
  }

  @Test
  void theClaimsFollowTheStoredGenerationAlsoWhenNothingElseChanges() {
    given(layer2("192.0.2.10", List.of(SELF)));
    DesiredState second = state(2, List.of(), layer2("192.0.2.10", List.of(SELF)));
    layer2.apply(second, Origin.RECONCILER, now);
    assertEquals(Optional.of(second), claimedFrom);
  }

  @Test
  void atTheEndNothingIsAnsweredAndNothingIsSent() {
    given(layer2("192.0.2.10", List.of(SELF)));
    FakeSegment eth0 = port.segment("eth0");
    layer2.withdrawAll();
    assertTrue(eth0.closed);
    run(Duration.ofSeconds(6));
    assertEquals(2, eth0.sent.size());
  }

  private void given(Announcement announcement) {
    port.link("eth0", 2, MAC, "192.0.2.0/24");
    layer2.begin(new Start.Fresh(), now);
    layer2.tick(now);
    layer2.survey(now);
    layer2.apply(state(1, List.of(), announcement), Origin.RECONCILER, now);
  }

  private void run(Duration duration) {
    Instant end = now.plus(duration);
    while (now.isBefore(end)) {
      layer2.tick(now);
      now = now.plusMillis(1);
    }
  }

  private static List<String> told(FakeSegment segment) {
    return segment.sent.stream()
        .map(
            frame ->
                switch (frame.payload()) {
                  case ArpPacket arp -> arp.operation() + " " + arp.senderAddress();
                  case NeighborSolicitation asked -> "solicitation " + asked.target();
                  case NeighborAdvertisement said -> "advertisement " + said.target();
                })
        .toList();
  }

  private static Set<IpAddress> addresses(String text) {
    return new TreeSet<>(Set.of(IpAddress.of(text)));
  }

  @Test
  void anAddressWithAHealthPortIsAnsweredWhileThereIsAnEndpointHere() {
    given(local("192.0.2.10"));
    FakeSegment eth0 = port.segment("eth0");
    assertFalse(eth0.answers("192.0.2.10"));
    assertEquals(new Placement.Impossible(Placement.Reason.NO_HEALTH_ANSWER), placed());

    gate(Gate.OPEN);
    assertTrue(eth0.answers("192.0.2.10"));
    gate(Gate.SILENT);
    run(Duration.ofSeconds(6));
    assertTrue(eth0.answers("192.0.2.10"), "the proxy restarts, its rules stay");

    gate(Gate.SHUT);
    assertFalse(eth0.answers("192.0.2.10"));
    assertEquals(new Placement.Impossible(Placement.Reason.NO_LOCAL_ENDPOINT), placed());
    gate(Gate.OPEN);
    assertTrue(eth0.answers("192.0.2.10"));
  }

  @Test
  void anAddressThatIsHeldStaysSoUntilItsNewHealthPortHasSaidSomething() {
    given(layer2("192.0.2.10", List.of(SELF)));
    FakeSegment eth0 = port.segment("eth0");
    layer2.apply(state(2, List.of(), local("192.0.2.10")), Origin.RECONCILER, now);
    assertTrue(eth0.answers("192.0.2.10"));
    gate(Gate.SHUT);
    assertFalse(eth0.answers("192.0.2.10"));
  }

  private Placement placed() {
    return requireNonNull(seen.placements().get(IpAddress.of("192.0.2.10")));
  }

  private void gate(Gate gate) {
    layer2.gates(new TreeMap<>(Map.of(31_000, gate)), now);
  }

  private static Announcement local(String address) {
    Announcement any = layer2(address, List.of(SELF));
    return new Announcement(
        any.address(),
        any.owner(),
        any.record(),
        any.layer2(),
        any.routes(),
        OptionalInt.of(31_000));
  }
}
