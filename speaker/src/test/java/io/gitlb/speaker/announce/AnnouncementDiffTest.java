// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import static io.gitlb.speaker.announce.ActiveSetTest.running;
import static io.gitlb.speaker.announce.DesiredStates.OTHER;
import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AnnouncementDiffTest {

  private static final List<LinkView> LINKS = List.of(running("eth0", 1, "192.0.2.0/24"));

  @Test
  void aNewAddressIsAnnounced() {
    assertEquals(
        List.of(new Change.Announce(IpAddress.of("192.0.2.10"), "eth0")),
        AnnouncementDiff.between(ActiveSet.EMPTY, set(layer2("192.0.2.10", List.of(SELF)))));
  }

  @Test
  void anAddressThatIsGoneIsWithdrawn() {
    assertEquals(
        List.of(new Change.Withdraw(IpAddress.of("192.0.2.10"), "eth0")),
        AnnouncementDiff.between(set(layer2("192.0.2.10", List.of(SELF))), ActiveSet.EMPTY));
  }

  @Test
  void anAddressThatMovesToAnotherNodeIsWithdrawnHere() {
    assertEquals(
        List.of(new Change.Withdraw(IpAddress.of("192.0.2.10"), "eth0")),
        AnnouncementDiff.between(
            set(layer2("192.0.2.10", List.of(SELF, OTHER))),
            set(layer2("192.0.2.10", List.of(OTHER, SELF)))));
  }

  @Test
  void withdrawalsComeFirst() {
    assertEquals(
        List.of(
            new Change.Withdraw(IpAddress.of("192.0.2.20"), "eth0"),
            new Change.Announce(IpAddress.of("192.0.2.10"), "eth0")),
        AnnouncementDiff.between(
            set(layer2("192.0.2.20", List.of(SELF))), set(layer2("192.0.2.10", List.of(SELF)))));
  }

  @Test
  void theSameSetChangesNothing() {
    ActiveSet set = set(layer2("192.0.2.10", List.of(SELF)));
    assertEquals(List.of(), AnnouncementDiff.between(set, set));
  }

  @Test
  void aLinkThatCameBackIsToldAgain() {
    Announcement announcement = layer2("192.0.2.10", List.of(SELF));
    assertEquals(
        List.of(new Change.Refresh(IpAddress.of("192.0.2.10"), "eth0")),
        AnnouncementDiff.between(
            set(announcement),
            DesiredStates.place(
                SELF,
                state(2, List.of(), announcement),
                List.of(running("eth0", 2, "192.0.2.0/24")))));
  }

  @Test
  void aLinkThatGoesTakesItsAddressesAlong() {
    Announcement announcement = layer2("192.0.2.10", List.of(SELF));
    assertEquals(
        List.of(new Change.Withdraw(IpAddress.of("192.0.2.10"), "eth0")),
        AnnouncementDiff.between(
            set(announcement),
            DesiredStates.place(SELF, state(2, List.of(), announcement), List.of())));
  }

  /// What a person would note on paper: address and interface of each answer.
  record Answer(IpAddress address, String interfaceName) {}

  @Test
  void theChangesLeadFromAnySetToAnyOther() {
    long seed = 20_261_121L;
    Random random = new Random(seed);
    for (int round = 0; round < 500 * Integer.getInteger("gitlb.random.rounds", 1); round++) {
      ActiveSet before = randomSet(random);
      ActiveSet after = randomSet(random);
      Set<Answer> answers = answersOf(before);
      for (Change change : AnnouncementDiff.between(before, after)) {
        Answer answer = new Answer(change.address(), change.interfaceName());
        boolean asExpected =
            switch (change) {
              case Change.Withdraw _ -> answers.remove(answer);
              case Change.Announce _ -> answers.add(answer);
              case Change.Refresh _ -> answers.contains(answer);
            };
        assertEquals(true, asExpected, "seed " + seed + ": " + change);
      }
      assertEquals(answersOf(after), answers, "seed " + seed);
      assertFalse(AnnouncementDiff.between(after, after).iterator().hasNext(), "seed " + seed);
    }
  }

  private static Set<Answer> answersOf(ActiveSet set) {
    Set<Answer> answers = new HashSet<>();
    set.placements()
        .forEach(
            (address, placement) -> {
              if (placement instanceof Placement.Answered answered) {
                answered.interfaces().forEach(name -> answers.add(new Answer(address, name)));
              }
            });
    return answers;
  }

  private static ActiveSet randomSet(Random random) {
    List<LinkView> links = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      if (random.nextInt(3) != 0) {
        links.add(running("eth" + i, random.nextInt(2), "192.0.2." + i * 16 + "/27"));
      }
    }
    List<Announcement> announcements = new ArrayList<>();
    for (int host = 0; host < 64; host++) {
      if (random.nextBoolean()) {
        List<NodeName> candidates = random.nextInt(3) == 0 ? List.of(OTHER, SELF) : List.of(SELF);
        announcements.add(layer2("192.0.2." + host, candidates));
      }
    }
    return DesiredStates.place(
        SELF, state(1, List.of(), announcements.toArray(new Announcement[0])), links);
  }

  private static ActiveSet set(Announcement... announcements) {
    return DesiredStates.place(SELF, state(1, List.of(), announcements), LINKS);
  }
}
