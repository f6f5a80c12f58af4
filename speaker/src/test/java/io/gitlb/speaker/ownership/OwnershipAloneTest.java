// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// One machine, told everything by hand.
final class OwnershipAloneTest {

  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");
  private static final NodeName SELF = new NodeName("n0");
  private static final NodeName PEER = new NodeName("n1");
  private static final NodeName LAST = new NodeName("n19");
  private static final String LINK = "eth0";
  private static final Generation OLD = new Generation(1, 5);
  private static final Generation NEW = new Generation(1, 9);
  private static final Instant START = Instant.EPOCH;

  private final Ownership machine = new Ownership(SELF, OwnershipSettings.defaults());

  private void begin(Start how, Origin origin) {
    machine.begin(how, START);
    TreeMap<IpAddress, Contest> contests = new TreeMap<>();
    contests.put(ADDRESS, new Contest(OLD, List.of(SELF, PEER)));
    SortedSet<NodeName> members = new TreeSet<>(List.of(SELF, PEER));
    machine.desired(new Contests(Optional.of(OLD), origin, contests, members), START);
    TreeMap<IpAddress, Ability> abilities = new TreeMap<>();
    abilities.put(ADDRESS, new Ability.Able(new TreeSet<>(List.of(LINK))));
    machine.abilities(abilities, START);
  }

  private static SpeakerClaims claims(
      long sequence, Generation stored, Optional<SortedSet<IpAddress>> known) {
    return new SpeakerClaims(
        PEER,
        "run",
        sequence,
        Optional.of(stored),
        SpeakerClaims.Presence.PRESENT,
        List.of(),
        new TreeSet<>(),
        new TreeMap<>(),
        known);
  }

  private static Instant after(long millis) {
    return START.plusMillis(millis);
  }

  private Standing standing(long millis) {
    return requireNonNull(machine.advance(after(millis)).standings().get(ADDRESS));
  }

  private String waits(long millis) {
    return assertInstanceOf(Standing.Waiting.class, standing(millis)).reason();
  }

  private void nobodyAnswers(long millis) {
    machine.probed(
        ADDRESS,
        new ProbeOutcome(new TreeSet<>(), new TreeSet<>(), new TreeSet<>()),
        after(millis));
  }

  @Test
  void aStartHearsItsPeersFirstAndThenAsksTheSegment() {
    begin(new Start.Warm(), Origin.DISK);
    Outcome first = machine.advance(after(10));
    assertEquals("hears its peers first", waits(10));
    assertEquals(SpeakerClaims.Presence.STARTING, first.claims().presence());
    assertEquals(new TreeSet<>(), first.probesToBegin());
    assertEquals(new TreeSet<>(List.of(ADDRESS)), first.claims().unable());
    Outcome heard = machine.advance(after(300));
    assertEquals(new Standing.Probing(), heard.standings().get(ADDRESS));
    assertEquals(new TreeSet<>(List.of(ADDRESS)), heard.probesToBegin());
    assertEquals(SpeakerClaims.Presence.PRESENT, heard.claims().presence());
    nobodyAnswers(360);
    assertInstanceOf(Standing.Holding.class, standing(360));
  }

  @Test
  void aColdStartWaitsUntilAPeerWithANewerStateSaysWhatItKnows() {
    begin(new Start.Cold(Duration.ofHours(1)), Origin.DISK);
    machine.told(claims(3, NEW, Optional.empty()), after(20));
    assertEquals("n1 has a newer state and has not said what it knows", waits(400));
    // The same claims, now with all addresses.
    machine.told(claims(3, NEW, Optional.of(new TreeSet<>())), after(420));
    assertEquals("given away: not in the newer state of n1", waits(420));
    // Claims that change without the state leave what is known of it.
    machine.told(claims(4, NEW, Optional.empty()), after(430));
    assertEquals("given away: not in the newer state of n1", waits(430));
  }

  @Test
  void aColdStartGoesOnWithWhatANewerStateKnowsToo() {
    begin(new Start.Cold(Duration.ofHours(1)), Origin.DISK);
    machine.told(claims(3, NEW, Optional.of(new TreeSet<>(List.of(ADDRESS)))), after(20));
    assertEquals(new Standing.Probing(), standing(30));
    nobodyAnswers(90);
    assertInstanceOf(Standing.Holding.class, standing(90));
    // What it knows of a later state is not said yet: that alone takes nothing back.
    machine.told(claims(4, new Generation(1, 10), Optional.empty()), after(100));
    assertInstanceOf(Standing.Holding.class, standing(100));
    SortedSet<IpAddress> nothing = new TreeSet<>();
    machine.told(claims(4, new Generation(1, 10), Optional.of(nothing)), after(110));
    assertEquals("given away: not in the newer state of n1", waits(110));
  }

  @Test
  void whoLeavesWaitsForAnHeirForTwoSecondsAndNoLonger() {
    begin(new Start.Fresh(), Origin.RECONCILER);
    machine.told(claims(1, OLD, Optional.empty()), after(10));
    machine.contact(PEER, LINK, Contact.UP, after(10));
    assertInstanceOf(Standing.Holding.class, standing(20));
    machine.leave(after(1_000));
    Outcome leaving = machine.advance(after(1_000));
    assertInstanceOf(Standing.Yielding.class, leaving.standings().get(ADDRESS));
    assertFalse(leaving.mayExit());
    assertEquals(Optional.of(after(3_000)), leaving.nextDue());
    Outcome over = machine.advance(after(3_000));
    assertInstanceOf(Standing.Standby.class, over.standings().get(ADDRESS));
    assertTrue(over.mayExit());
  }

  @Test
  void whoLosesItsCableStopsForTheHeirThatItHearsOfElsewhere() {
    begin(new Start.Fresh(), Origin.RECONCILER);
    machine.told(claims(1, OLD, Optional.empty()), after(10));
    machine.contact(PEER, LINK, Contact.UP, after(10));
    assertInstanceOf(Standing.Holding.class, standing(20));
    TreeMap<IpAddress, Ability> none = new TreeMap<>();
    none.put(ADDRESS, new Ability.Unable("no carrier"));
    machine.abilities(none, after(1_000));
    machine.contact(PEER, LINK, Contact.DOWN, after(1_000));
    assertInstanceOf(Standing.Yielding.class, standing(1_000));
    SpeakerClaims.Claim heirs =
        new SpeakerClaims.Claim(ADDRESS, OLD, 2, SpeakerClaims.ClaimState.HOLDING, List.of(LINK));
    machine.told(
        new SpeakerClaims(
            PEER,
            "run",
            2,
            Optional.of(OLD),
            SpeakerClaims.Presence.PRESENT,
            List.of(heirs),
            new TreeSet<>(),
            new TreeMap<>(),
            Optional.empty()),
        after(1_100));
    standing(1_100);
    // The cable is put in again before there is contact.
    TreeMap<IpAddress, Ability> able = new TreeMap<>();
    able.put(ADDRESS, new Ability.Able(new TreeSet<>(List.of(LINK))));
    machine.abilities(able, after(1_500));
    assertFalse(standing(1_500) instanceof Standing.Holding);
  }

  @Test
  void aProbeThatIsNotWantedAnyMoreIsEnded() {
    begin(new Start.Fresh(), Origin.RECONCILER);
    assertEquals(new Standing.Probing(), standing(300));
    machine.desired(
        new Contests(
            Optional.of(NEW), Origin.RECONCILER, new TreeMap<>(), new TreeSet<>(List.of(SELF))),
        after(310));
    Outcome without = machine.advance(after(310));
    assertEquals(new TreeSet<>(List.of(ADDRESS)), without.probesToEnd());
    assertEquals(0, without.standings().size());
  }

  @Test
  void aPauseBeginsProbesAnew() {
    begin(new Start.Fresh(), Origin.RECONCILER);
    assertEquals(new Standing.Probing(), standing(300));
    machine.paused(after(900));
    Outcome again = machine.advance(after(900));
    assertEquals(new TreeSet<>(List.of(ADDRESS)), again.probesToEnd());
    assertEquals(new TreeSet<>(List.of(ADDRESS)), again.probesToBegin());
  }

  @Test
  void aHolderThatIsFirstInANewerTermLiftsItsClaim() {
    begin(new Start.Fresh(), Origin.RECONCILER);
    machine.told(claims(1, OLD, Optional.empty()), after(10));
    machine.contact(PEER, LINK, Contact.UP, after(10));
    Standing.Holding before = assertInstanceOf(Standing.Holding.class, standing(20));
    assertEquals(OLD, before.term());
    TreeMap<IpAddress, Contest> contests = new TreeMap<>();
    contests.put(ADDRESS, new Contest(NEW, List.of(SELF, PEER)));
    SortedSet<NodeName> members = new TreeSet<>(List.of(SELF, PEER));
    machine.desired(
        new Contests(Optional.of(NEW), Origin.RECONCILER, contests, members), after(5_000));
    assertEquals(
        new Standing.Holding(NEW, 1, before.since(), before.interfaces()), standing(5_000));
  }

  private static SpeakerClaims holding(NodeName node, long turn, SortedSet<NodeName> heard) {
    TreeMap<String, SortedSet<NodeName>> contacts = new TreeMap<>();
    contacts.put(LINK, heard);
    SpeakerClaims.Claim claim =
        new SpeakerClaims.Claim(
            ADDRESS, OLD, turn, SpeakerClaims.ClaimState.HOLDING, List.of(LINK));
    return new SpeakerClaims(
        node,
        "run",
        1,
        Optional.of(OLD),
        SpeakerClaims.Presence.PRESENT,
        List.of(claim),
        new TreeSet<>(),
        contacts,
        Optional.empty());
  }

  @Test
  void whoseSessionOutlastedARefusalIsNotGoneWhenItRefusesAfterASilence() {
    begin(new Start.Fresh(), Origin.RECONCILER);
    machine.told(holding(PEER, 3, new TreeSet<>(List.of(SELF))), after(10));
    machine.contact(PEER, LINK, Contact.UP, after(10));
    assertInstanceOf(Standing.Standby.class, standing(20));
    machine.channel(PEER, Channel.REFUSED, after(1_000));
    assertInstanceOf(Standing.Holding.class, standing(1_000));
    assertEquals(new TreeSet<>(List.of(ADDRESS)), machine.advance(after(1_320)).probesToBegin());
    peerAnswers(1_380);
    assertInstanceOf(Standing.Standby.class, standing(1_380));
    machine.channel(PEER, Channel.SILENT, after(2_000));
    assertInstanceOf(Standing.Standby.class, standing(2_000));
    machine.channel(PEER, Channel.REFUSED, after(2_100));
    assertInstanceOf(Standing.Standby.class, standing(2_100));
    // Its host died, and says so again after it was silent.
    machine.channel(PEER, Channel.SILENT, after(3_000));
    machine.contact(PEER, LINK, Contact.DOWN, after(3_000));
    machine.channel(PEER, Channel.REFUSED, after(3_100));
    assertInstanceOf(Standing.Holding.class, standing(3_100));
  }

  private void peerAnswers(long millis) {
    machine.probed(
        ADDRESS,
        new ProbeOutcome(new TreeSet<>(List.of(PEER)), new TreeSet<>(), new TreeSet<>()),
        after(millis));
  }

  // So many that the last one, which is no candidate, is not watched.
  private static Contests large(Generation stored, boolean withAddress) {
    SortedSet<NodeName> members = new TreeSet<>();
    for (int i = 0; i < 20; i++) {
      members.add(new NodeName("n" + i));
    }
    TreeMap<IpAddress, Contest> contests = new TreeMap<>();
    contests.put(IpAddress.of("192.0.2.11"), new Contest(OLD, List.of(SELF, PEER)));
    if (withAddress) {
      contests.put(ADDRESS, new Contest(OLD, List.of(SELF, PEER)));
    }
    return new Contests(Optional.of(stored), Origin.RECONCILER, contests, members);
  }

  private void holdsAmongMany() {
    begin(new Start.Fresh(), Origin.RECONCILER);
    machine.desired(large(OLD, true), START);
    machine.told(claims(1, OLD, Optional.empty()), after(10));
    machine.contact(PEER, LINK, Contact.UP, after(10));
    assertInstanceOf(Standing.Holding.class, standing(20));
    assertFalse(machine.watched().contains(LAST));
    assertTrue(machine.sighted(ADDRESS, LAST, after(1_000)));
  }

  @Test
  void aMemberThatWasMetIsWatchedWhileTheAddressIsHeld() {
    holdsAmongMany();
    machine.desired(large(NEW, true), after(2_000));
    assertTrue(machine.watched().contains(LAST));
    machine.desired(large(new Generation(1, 10), false), after(3_000));
    assertFalse(machine.watched().contains(LAST));
  }

  @Test
  void thatItWasMetCountsAsSeenWhenItsClaimIsRead() {
    holdsAmongMany();
    machine.told(holding(LAST, 9, new TreeSet<>(List.of(new NodeName("n5")))), after(1_100));
    assertEquals(new Standing.Standby(Optional.of(LAST)), standing(1_100));
  }
}
