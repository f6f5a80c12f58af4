// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import static io.gitlb.speaker.announce.DesiredStates.OTHER;
import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.announce.Placement.Reason;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ActiveSetTest {

  private static final LinkView ETH0 = running("eth0", 1, "192.0.2.0/24", "2001:db8::/64");
  private static final LinkView ETH1 = running("eth1", 2, "198.51.100.0/24");
  private static final LinkView ETH2 = running("eth2", 3, "192.0.2.0/25");
  private static final List<LinkView> LINKS = List.of(ETH0, ETH1, ETH2);

  @Test
  void theFirstCandidateAnswersOnEveryLinkThatReachesTheAddress() {
    assertEquals(answered("eth0", "eth2"), place(layer2("192.0.2.10", List.of(SELF, OTHER))));
    assertEquals(answered("eth0"), place(layer2("192.0.2.200", List.of(SELF))));
    assertEquals(answered("eth1"), place(layer2("198.51.100.1", List.of(SELF))));
  }

  @Test
  void namedInterfacesLimitWhereItIsAnswered() {
    assertEquals(answered("eth2"), place(layer2("192.0.2.10", List.of(SELF), "eth1", "eth2")));
  }

  @Test
  void aNamedInterfaceThatDoesNotReachTheAddressIsNotOnItsLink() {
    assertEquals(
        new Placement.Impossible(Reason.NOT_ON_LINK),
        place(layer2("192.0.2.10", List.of(SELF), "eth1")));
    assertEquals(
        new Placement.Impossible(Reason.NOT_ON_LINK), place(layer2("203.0.113.1", List.of(SELF))));
  }

  @Test
  void aNamedInterfaceThatIsNotThereIsSaidSo() {
    assertEquals(
        new Placement.Impossible(Reason.NO_INTERFACE),
        place(layer2("192.0.2.10", List.of(SELF), "eth9")));
    assertEquals(
        new Placement.Impossible(Reason.NO_INTERFACE),
        placeOn(List.of(), layer2("192.0.2.10", List.of(SELF))));
  }

  @Test
  void withoutCaptureOnAnyOfItsLinksItIsNotAnswered() {
    LinkView deaf = new LinkView("eth0", ETH0.onLink(), new LinkView.Capture.Unavailable());
    assertEquals(
        new Placement.Impossible(Reason.NO_CAPTURE),
        placeOn(List.of(deaf, ETH1), layer2("192.0.2.10", List.of(SELF))));
    assertEquals(
        answered("eth2"), placeOn(List.of(deaf, ETH2), layer2("192.0.2.10", List.of(SELF))));
  }

  @Test
  void anIpv6AddressNeedsALinkLocalAddressToAnswerFrom() {
    SortedSet<IpPrefix> onLink = new TreeSet<>(List.of(IpPrefix.of("2001:db8::/64")));
    LinkView.Capture running = new LinkView.Capture.Running(1);
    LinkView without = new LinkView("eth0", onLink, running);
    Optional<Ipv6> linkLocal = Optional.of(new Ipv6(0xFE80_0000_0000_0000L, 1));
    LinkView with = new LinkView("eth1", onLink, running, linkLocal);
    assertEquals(
        new Placement.Impossible(Reason.NO_LINK_LOCAL),
        placeOn(List.of(without), layer2("2001:db8::10", List.of(SELF))));
    assertEquals(
        answered("eth1"), placeOn(List.of(without, with), layer2("2001:db8::10", List.of(SELF))));
  }

  @Test
  void anAddressForBgpAloneHasNoPlaceOnALink() {
    ActiveSet set =
        DesiredStates.place(SELF, state(1, List.of(), DesiredStates.routed("192.0.2.10")), LINKS);
    assertEquals(Map.of(), set.placements());
  }

  @Test
  void theAddressesThatAreAnsweredAreThoseHeld() {
    ActiveSet set =
        DesiredStates.place(
            SELF,
            state(
                1,
                List.of(),
                layer2("192.0.2.10", List.of(SELF)),
                layer2("192.0.2.200", List.of(SELF)),
                layer2("192.0.2.11", List.of(OTHER, SELF)),
                layer2("198.51.100.1", List.of(SELF))),
            LINKS);
    assertEquals(addresses("192.0.2.10", "192.0.2.200", "198.51.100.1"), set.answered());
  }

  @Test
  void anAnsweredAddressNamesItsInterfaces() {
    assertThrows(
        IllegalArgumentException.class, () -> new Placement.Answered(Collections.emptySortedSet()));
  }

  private static Placement place(Announcement announcement) {
    return placeOn(LINKS, announcement);
  }

  private static Placement placeOn(Collection<LinkView> links, Announcement announcement) {
    ActiveSet set = DesiredStates.place(SELF, state(1, List.of(), announcement), links);
    Placement placement = set.placements().get(announcement.address());
    if (placement == null) {
      throw new AssertionError("no placement of " + announcement.address());
    }
    return placement;
  }

  private static Placement answered(String... interfaces) {
    return new Placement.Answered(new TreeSet<>(Set.of(interfaces)));
  }

  private static Set<IpAddress> addresses(String... texts) {
    TreeSet<IpAddress> addresses = new TreeSet<>();
    for (String text : texts) {
      addresses.add(IpAddress.of(text));
    }
    return addresses;
  }

  static LinkView running(String name, long incarnation, String... prefixes) {
    TreeSet<IpPrefix> onLink = new TreeSet<>();
    for (String prefix : prefixes) {
      onLink.add(IpPrefix.of(prefix));
    }
    return new LinkView(name, onLink, new LinkView.Capture.Running(incarnation));
  }
}
