// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import static io.gitlb.speaker.announce.DesiredStates.peer;
import static io.gitlb.speaker.announce.DesiredStates.routed;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.WellKnownCommunity;
import io.gitlb.speaker.announce.PeerExport.Attributes;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PeerExportTest {

  private static final Attributes PLAIN = new Attributes(OptionalLong.empty(), List.of());
  private static final Community RED = new Community.Standard(1);
  private static final Community BLUE = new Community.Standard(2);

  @Test
  void eachPeerGetsTheRoutesThatNameIt() {
    List<PeerExport> exports =
        exportsOf(
            state(
                1,
                List.of(peer("tor-b", "198.51.100.2"), peer("tor-a", "198.51.100.1")),
                routed("192.0.2.10", route("192.0.2.10/32", PLAIN, "tor-a", "tor-b")),
                routed("192.0.2.11", route("192.0.2.11/32", PLAIN, "tor-b"))));
    assertEquals(
        List.of(new PeerName("tor-a"), new PeerName("tor-b")),
        exports.stream().map(export -> export.peer().name()).toList());
    assertEquals(Map.of(IpPrefix.of("192.0.2.10/32"), PLAIN), exports.get(0).routes());
    assertEquals(
        Map.of(IpPrefix.of("192.0.2.10/32"), PLAIN, IpPrefix.of("192.0.2.11/32"), PLAIN),
        exports.get(1).routes());
  }

  @Test
  void peersThatAreToldTheSameShareOneSet() {
    List<PeerExport> exports =
        exportsOf(
            state(
                1,
                List.of(
                    peer("tor-a", "198.51.100.1"),
                    peer("tor-b", "198.51.100.2"),
                    peer("tor-c", "198.51.100.3")),
                routed("192.0.2.10", route("192.0.2.10/32", PLAIN, "tor-a", "tor-b", "tor-c")),
                routed("192.0.2.11", route("192.0.2.11/32", PLAIN, "tor-a", "tor-c"))));
    assertSame(exports.get(0).routes(), exports.get(2).routes());
    assertEquals(Set.of(IpPrefix.of("192.0.2.10/32")), exports.get(1).routes().keySet());
  }

  @Test
  void aPeerWithoutRoutesKeepsItsSession() {
    List<PeerExport> exports = exportsOf(state(1, List.of(peer("tor-a", "198.51.100.1"))));
    assertEquals(1, exports.size());
    assertEquals(Map.of(), exports.getFirst().routes());
  }

  @Test
  void aRouteForAPeerThatIsNotThereIsLeftOut() {
    assertEquals(
        List.of(),
        exportsOf(
            state(1, List.of(), routed("192.0.2.10", route("192.0.2.10/32", PLAIN, "gone")))));
  }

  @Test
  void addressesOfOneAggregateGiveOneRoute() {
    Attributes red = new Attributes(OptionalLong.of(100), List.of(RED));
    Attributes blue = new Attributes(OptionalLong.of(200), List.of(BLUE));
    List<PeerExport> exports =
        exportsOf(
            state(
                1,
                List.of(peer("tor-a", "198.51.100.1")),
                routed("192.0.2.10", route("192.0.2.0/24", red, "tor-a")),
                routed("192.0.2.11", route("192.0.2.0/24", blue, "tor-a")),
                routed("192.0.2.12", route("192.0.2.0/24", PLAIN, "tor-a"))));
    assertEquals(
        Map.of(
            IpPrefix.of("192.0.2.0/24"), new Attributes(OptionalLong.of(200), List.of(RED, BLUE))),
        exports.getFirst().routes());
  }

  /// An address that says nothing has 100 alone, so it has no less in company.
  @Test
  void noLocalPreferenceIsTheUsualOne() {
    Attributes backup = new Attributes(OptionalLong.of(50), List.of(RED));
    List<PeerExport> exports =
        exportsOf(
            state(
                1,
                List.of(peer("tor-a", "198.51.100.1")),
                routed("192.0.2.10", route("192.0.2.0/24", backup, "tor-a")),
                routed("192.0.2.11", route("192.0.2.0/24", PLAIN, "tor-a"))));
    assertEquals(
        Map.of(IpPrefix.of("192.0.2.0/24"), new Attributes(OptionalLong.empty(), List.of(RED))),
        exports.getFirst().routes());
  }

  /// `onCordon: Keep` of one Service, on a node that is cordoned: nothing becomes of its aggregate.
  @Test
  void anAggregateStaysWithTheAddressThatStays() {
    Attributes leaving =
        new Attributes(
            OptionalLong.of(0),
            List.of(RED, WellKnownCommunity.GRACEFUL_SHUTDOWN),
            Outlook.LEAVING);
    Attributes staying = new Attributes(OptionalLong.of(50), List.of(BLUE));
    assertEquals(
        new Attributes(OptionalLong.of(50), List.of(RED, BLUE)),
        together(leaving, leaving, staying));
    assertEquals(
        new Attributes(OptionalLong.of(50), List.of(RED, BLUE)),
        together(staying, leaving, leaving));
    assertEquals(leaving, together(leaving, leaving, leaving));
  }

  /// The community of a document is nothing but a community.
  @Test
  void anAggregateKeepsTheMarkThatADocumentAsksFor() {
    List<Community> mark = List.of(WellKnownCommunity.GRACEFUL_SHUTDOWN);
    Attributes asked = new Attributes(OptionalLong.empty(), mark);
    Attributes leaving = new Attributes(OptionalLong.of(0), mark, Outlook.LEAVING);
    assertEquals(asked, together(asked, leaving, PLAIN));
  }

  private static Attributes together(Attributes one, Attributes other, Attributes third) {
    return exportsOf(
            state(
                1,
                List.of(peer("tor-a", "198.51.100.1")),
                routed("192.0.2.10", route("192.0.2.0/24", one, "tor-a")),
                routed("192.0.2.11", route("192.0.2.0/24", other, "tor-a")),
                routed("192.0.2.12", route("192.0.2.0/24", third, "tor-a"))))
        .getFirst()
        .routes()
        .find(IpPrefix.of("192.0.2.0/24"))
        .orElseThrow();
  }

  private static BgpRoute route(String prefix, Attributes attributes, String... peers) {
    Set<PeerName> names =
        Stream.of(peers).map(PeerName::new).collect(Collectors.toCollection(TreeSet::new));
    return new BgpRoute(
        IpPrefix.of(prefix),
        attributes.localPreference(),
        attributes.communities(),
        new TreeSet<>(names),
        attributes.outlook());
  }

  @Test
  void leavesOutTheRoutesOfAddressesThatAreNotAnnouncedNow() {
    DesiredState state =
        state(
            1,
            List.of(peer("tor-a", "198.51.100.1")),
            routed("203.0.113.7", route("203.0.113.7/32", PLAIN, "tor-a")),
            routed("203.0.113.8", route("203.0.113.8/32", PLAIN, "tor-a")));

    List<PeerExport> exports =
        PeerExport.of(state, address -> address.equals(IpAddress.of("203.0.113.8")));

    assertEquals(Set.of(IpPrefix.of("203.0.113.8/32")), exports.getFirst().routes().keySet());
  }

  private static List<PeerExport> exportsOf(DesiredState state) {
    return PeerExport.of(state, _ -> true);
  }
}
