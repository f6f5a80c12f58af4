// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.peer;
import static io.gitlb.speaker.announce.DesiredStates.routed;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.Announcement.Owner;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// An address goes over from one way of announcement to the other, told step by step.
final class CrossingsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");
  private static final List<PeerSettings> PEERS = List.of(peer("tor", "198.51.100.1"));
  private static final Set<IpAddress> NONE = Set.of();
  private static final Set<IpAddress> IT = Set.of(ADDRESS);

  private final Crossings crossings = new Crossings();
  private Instant now = START;

  @Test
  void linksAreAnsweredUntilARouterHasHadTheRouteForAWhile() {
    follow(state(1, PEERS, onLinks()), NONE, NONE);
    Announcement kept = follow(state(2, PEERS, byBgp()), IT, NONE);
    assertEquals(onLinks().layer2(), kept.layer2());
    assertEquals(byBgp().routes(), kept.routes(), "the new way begins at once");

    for (int second = 0; second < 3600; second++) {
      assertEquals(Optional.empty(), look(NONE, NONE), "no router, no end");
    }
    assertEquals(Optional.empty(), look(IT, NONE));
    assertEquals(Optional.of(byBgp()), look(IT, NONE));
    assertTrue(crossings.isDone());
  }

  @Test
  void aSessionThatFallsMeanwhileBeginsTheWaitAnew() {
    follow(state(1, PEERS, onLinks()), NONE, NONE);
    follow(state(2, PEERS, byBgp()), IT, NONE);
    assertEquals(Optional.empty(), look(IT, NONE));
    assertEquals(Optional.empty(), look(NONE, NONE));
    assertEquals(Optional.empty(), look(IT, NONE));
    assertEquals(Optional.of(byBgp()), look(IT, NONE));
  }

  @Test
  void whoDoesNotAnswerKeepsNothing() {
    follow(state(1, PEERS, onLinks()), NONE, NONE);
    assertEquals(byBgp(), follow(state(2, PEERS, byBgp()), NONE, NONE));
    assertTrue(crossings.isDone());
  }

  @Test
  void aLaterStateDoesNotEndItAndOneThatTakesTheAddressAwayDoes() {
    follow(state(1, PEERS, onLinks()), NONE, NONE);
    follow(state(2, PEERS, byBgp()), IT, NONE);
    Announcement kept = follow(state(3, PEERS, byBgp()), IT, NONE);
    assertEquals(onLinks().layer2(), kept.layer2());
    assertEquals(
        0, crossings.follow(state(4, PEERS), IT::contains, NONE::contains).announcements().size());
    assertTrue(crossings.isDone());
  }

  @Test
  void anotherOwnersAddressIsNotKept() {
    follow(state(1, PEERS, onLinks()), NONE, NONE);
    Announcement other = byBgp();
    Announcement given =
        new Announcement(
            other.address(),
            new Owner.Services(new TreeSet<>(List.of(new ServiceRef("other", "one")))),
            other.record(),
            other.layer2(),
            other.routes());
    assertEquals(given, follow(state(2, PEERS, given), IT, NONE));
  }

  @Test
  void backToLinksAtOnceAndTheRouteStaysUntilSomebodyAnswers() {
    follow(state(1, PEERS, byBgp()), NONE, NONE);
    Announcement kept = follow(state(2, List.of(), onLinks()), NONE, IT);
    assertEquals(byBgp().routes(), kept.routes());
    assertEquals(onLinks().layer2(), kept.layer2(), "somebody has to begin");
    assertEquals(PEERS, followedPeers(state(2, List.of(), onLinks()), IT));
    assertEquals(Optional.empty(), look(IT, NONE), "that the router has it is no news");
    assertEquals(Optional.empty(), look(IT, IT));
    assertEquals(Optional.of(onLinks()), look(IT, IT));
  }

  @Test
  void aChangeOfMindGoesBackWithoutAGap() {
    follow(state(1, PEERS, onLinks()), NONE, NONE);
    follow(state(2, PEERS, byBgp()), IT, NONE);
    assertEquals(onLinks(), follow(state(3, PEERS, onLinks()), IT, NONE));
    follow(state(4, PEERS, byBgp()), IT, NONE);
    Announcement kept = follow(state(5, PEERS, onLinks()), IT, IT);
    assertEquals(byBgp().routes(), kept.routes(), "a router has it by now");
    assertFalse(crossings.isDone());
  }

  @Test
  void bothWaysAtATimeAreNoCrossing() {
    Announcement both =
        new Announcement(
            ADDRESS, onLinks().owner(), onLinks().record(), onLinks().layer2(), byBgp().routes());
    follow(state(1, PEERS, both), NONE, NONE);
    assertEquals(both, follow(state(2, PEERS, both), IT, IT));
    assertTrue(crossings.isDone());
  }

  private List<PeerSettings> followedPeers(DesiredState next, Set<IpAddress> routed) {
    return crossings.follow(next, NONE::contains, routed::contains).peers();
  }

  private Announcement follow(DesiredState next, Set<IpAddress> answered, Set<IpAddress> routed) {
    return crossings
        .follow(next, answered::contains, routed::contains)
        .announcements()
        .find(ADDRESS)
        .orElseThrow();
  }

  private Optional<Announcement> look(Set<IpAddress> routed, Set<IpAddress> held) {
    now = now.plus(Duration.ofSeconds(1));
    return crossings
        .advance(routed::contains, held::contains, now)
        .flatMap(one -> one.announcements().find(ADDRESS));
  }

  private static Announcement onLinks() {
    return layer2("192.0.2.10", List.of(SELF));
  }

  private static Announcement byBgp() {
    return routed(
        "192.0.2.10",
        new BgpRoute(
            IpPrefix.of("192.0.2.10/32"),
            OptionalLong.empty(),
            List.of(),
            new TreeSet<>(List.of(new PeerName("tor")))));
  }
}
