// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A holder that the reconciler does not reach, with two more candidates that it does reach.
final class OutdatedTest {

  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");
  private static final NodeName SELF = new NodeName("n0");
  private static final NodeName FIRST = new NodeName("n1");
  private static final NodeName SECOND = new NodeName("n2");
  private static final NodeName STRANGER = new NodeName("n3");
  private static final Generation OLD = new Generation(1, 5);
  private static final Generation NEW = new Generation(1, 9);
  private static final Optional<SortedSet<IpAddress>> NOTHING = Optional.of(new TreeSet<>());
  private static final Optional<SortedSet<IpAddress>> IT =
      Optional.of(new TreeSet<>(List.of(ADDRESS)));

  private final Ownership machine = new Ownership(SELF, OwnershipSettings.defaults());
  private long sequence = 10;

  @BeforeEach
  void holds() {
    machine.begin(new Start.Fresh(), after(0));
    desired(OLD, 0);
    TreeMap<IpAddress, Ability> abilities = new TreeMap<>();
    abilities.put(ADDRESS, new Ability.Able(new TreeSet<>(List.of("eth0"))));
    machine.abilities(abilities, after(0));
    for (NodeName peer : List.of(FIRST, SECOND, STRANGER)) {
      told(peer, OLD, Optional.empty(), 0);
      machine.contact(peer, "eth0", Contact.UP, after(0));
    }
    assertInstanceOf(Standing.Holding.class, standing(500));
  }

  private void desired(Generation generation, long millis) {
    desired(generation, List.of(), millis);
  }

  private void desired(Generation generation, List<IpAddress> more, long millis) {
    TreeMap<IpAddress, Contest> contests = new TreeMap<>();
    contests.put(ADDRESS, new Contest(OLD, List.of(SELF, FIRST, SECOND)));
    more.forEach(address -> contests.put(address, new Contest(OLD, List.of(SELF, FIRST))));
    SortedSet<NodeName> members = new TreeSet<>(List.of(SELF, FIRST, SECOND, STRANGER));
    machine.desired(
        new Contests(Optional.of(generation), Origin.RECONCILER, contests, members), after(millis));
  }

  private void told(
      NodeName peer, Generation stored, Optional<SortedSet<IpAddress>> known, long millis) {
    machine.told(
        new SpeakerClaims(
            peer,
            "run",
            sequence++,
            Optional.of(stored),
            SpeakerClaims.Presence.PRESENT,
            List.of(),
            new TreeSet<>(),
            new TreeMap<>(),
            known),
        after(millis));
  }

  private static Instant after(long millis) {
    return Instant.EPOCH.plusMillis(millis);
  }

  private Standing standing(long millis) {
    return requireNonNull(machine.advance(after(millis)).standings().get(ADDRESS));
  }

  private void assertHeld(long millis) {
    assertInstanceOf(Standing.Holding.class, standing(millis));
  }

  @Test
  void anAddressThatNoNewerStateHasIsNotAnsweredForByWhoIsCutOff() {
    machine.cutOff(true, after(1_000));
    told(FIRST, NEW, NOTHING, 1_000);
    assertHeld(1_000);
    assertEquals(Optional.of(after(3_000)), machine.advance(after(1_100)).nextDue());
    assertEquals(new Standing.GivenAway(FIRST), standing(3_000));
    Outcome outcome = machine.advance(after(3_000));
    assertTrue(outcome.claims().claims().isEmpty());
    assertEquals(new TreeSet<>(List.of(ADDRESS)), outcome.claims().unable());
    // That the peer goes brings nothing back.
    machine.channel(FIRST, Channel.REFUSED, after(4_000));
    assertEquals(new Standing.GivenAway(FIRST), standing(4_000));
  }

  @Test
  void anAddressThatOneNewerStateStillHasIsKept() {
    machine.cutOff(true, after(1_000));
    told(FIRST, NEW, NOTHING, 1_000);
    told(SECOND, new Generation(1, 8), IT, 1_010);
    assertHeld(5_000);
  }

  @Test
  void theWordOfTheOthersIsWaitedForAndCountsLate() {
    machine.cutOff(true, after(1_000));
    told(FIRST, NEW, NOTHING, 1_000);
    assertHeld(1_000);
    told(SECOND, NEW, Optional.empty(), 1_010);
    assertEquals(new Standing.GivenAway(FIRST), standing(3_000));
    told(SECOND, NEW, IT, 3_500);
    Standing back = standing(3_500);
    assertTrue(back instanceof Standing.Holding || back instanceof Standing.Probing, "" + back);
  }

  @Test
  void whoHasNotSaidWhatItKnowsProvesNothing() {
    machine.cutOff(true, after(1_000));
    told(FIRST, NEW, Optional.empty(), 1_000);
    assertHeld(10_000);
  }

  @Test
  void noStateThatIsOlderOrOfANodeThatIsNoCandidateProvesAnything() {
    machine.cutOff(true, after(1_000));
    told(FIRST, OLD, NOTHING, 1_000);
    told(STRANGER, NEW, NOTHING, 1_000);
    assertHeld(10_000);
  }

  @Test
  void whoIsNotCutOffBelievesItsOwnState() {
    told(FIRST, NEW, NOTHING, 1_000);
    assertHeld(10_000);
  }

  @Test
  void whoeverHasTheReconcilerAgainGoesByItsWord() {
    machine.cutOff(true, after(1_000));
    told(FIRST, NEW, NOTHING, 1_000);
    assertHeld(1_000);
    assertEquals(new Standing.GivenAway(FIRST), standing(3_000));
    desired(new Generation(1, 12), 4_000);
    machine.cutOff(false, after(4_000));
    Standing again = standing(4_000);
    assertTrue(again instanceof Standing.Holding || again instanceof Standing.Probing, "" + again);
  }

  @Test
  void whoHasNoContactHereMayHaveBeenLeftOutBecauseOfThat() {
    machine.cutOff(true, after(1_000));
    machine.contact(FIRST, "eth0", Contact.DOWN, after(1_000));
    told(FIRST, NEW, NOTHING, 1_000);
    assertHeld(1_000);
    assertHeld(10_000);
    // Its cable is in again, and the address is not in its state all the same.
    machine.contact(FIRST, "eth0", Contact.UP, after(10_000));
    assertHeld(10_000);
    assertEquals(new Standing.GivenAway(FIRST), standing(12_000));
  }

  @Test
  void whoHasNoAddressAtAllLeftOfSeveralWasLeftOutItself() {
    IpAddress other = IpAddress.of("192.0.2.11");
    desired(OLD, List.of(other), 900);
    machine.cutOff(true, after(1_000));
    told(FIRST, NEW, NOTHING, 1_000);
    assertHeld(1_000);
    assertHeld(10_000);
    told(FIRST, NEW, Optional.of(new TreeSet<>(List.of(other))), 10_000);
    assertHeld(10_000);
    assertEquals(new Standing.GivenAway(FIRST), standing(12_000));
  }

  @Test
  void whoLosesContactBeforeItsWordHasSettledProvesNothing() {
    machine.cutOff(true, after(1_000));
    told(FIRST, NEW, NOTHING, 1_000);
    assertHeld(1_000);
    machine.contact(FIRST, "eth0", Contact.DOWN, after(1_300));
    assertHeld(1_300);
    assertHeld(10_000);
    told(SECOND, NEW, NOTHING, 10_000);
    assertHeld(10_000);
    assertEquals(new Standing.GivenAway(SECOND), standing(12_000));
  }
}
