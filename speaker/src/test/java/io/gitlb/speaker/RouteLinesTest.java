// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.peer;
import static io.gitlb.speaker.announce.DesiredStates.routed;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.RouteLine;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.PeerStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RouteLinesTest {

  private static final IpPrefix ONE = IpPrefix.of("192.0.2.1/32");
  private static final IpPrefix TWO = IpPrefix.of("192.0.2.2/32");
  private static final IpPrefix THREE = IpPrefix.of("192.0.2.3/32");

  private static final DesiredState STATE =
      state(
          1,
          List.of(peer("a", "198.51.100.1"), peer("b", "198.51.100.2"), peer("c", "198.51.100.3")),
          routed("192.0.2.1", route(ONE, "a", "b", "c")),
          routed("192.0.2.2", route(TWO, "a", "b", "c")),
          routed("192.0.2.3", route(THREE, "b")));

  @Test
  void eachRouteSaysWhoHasItAndWhyOthersDoNot() {
    List<RouteLine> lines =
        RouteLines.of(
            view(
                Map.of(IpAddress.of("192.0.2.3"), Placement.Reason.NO_LOCAL_ENDPOINT),
                status("a", State.ESTABLISHED, Map.of()),
                status("b", State.ESTABLISHED, Map.of(TWO, Omission.NO_NEXT_HOP)),
                status("c", State.ACTIVE, Map.of())));

    assertEquals(
        List.of(
            line(ONE, names("a", "b"), Map.of("c", "NotEstablished")),
            line(TWO, names("a"), Map.of("b", "NoNextHop", "c", "NotEstablished")),
            line(THREE, names(), Map.of("b", "NoLocalEndpoint"))),
        lines);
  }

  @Test
  void aRouteThatHasNotGoneOutYetIsNotTold() {
    List<RouteLine> lines =
        RouteLines.of(
            view(
                Map.of(),
                status("a", State.ESTABLISHED, Map.of()),
                status("b", State.ESTABLISHED, SnapshotMap.empty(), Map.of())));

    assertEquals(
        line(ONE, names("a"), Map.of("b", "Waiting", "c", "NotEstablished")), lines.getFirst());
  }

  @Test
  void routesOfTheSamePeersShareThem() {
    List<RouteLine> lines = RouteLines.of(view(Map.of(), status("a", State.ESTABLISHED, Map.of())));
    assertSame(lines.get(0).told(), lines.get(1).told());
    assertSame(lines.get(0).untold(), lines.get(1).untold());
  }

  private static RouteLine line(
      IpPrefix prefix, SortedSet<PeerName> told, Map<String, String> untold) {
    return new RouteLine(
        prefix,
        OptionalLong.empty(),
        List.of(),
        told,
        SnapshotMap.copyOf(
            untold.entrySet().stream()
                .collect(
                    Collectors.toMap(one -> new PeerName(one.getKey()), Map.Entry::getValue))));
  }

  private static SpeakerView view(Map<IpAddress, Placement.Reason> withheld, PeerStatus... peers) {
    return new SpeakerView(
        Optional.of(STATE),
        ActiveSet.EMPTY,
        List.of(),
        List.of(peers),
        withheld,
        new TreeMap<>(),
        new TreeMap<>());
  }

  private static BgpRoute route(IpPrefix prefix, String... peers) {
    return new BgpRoute(prefix, OptionalLong.empty(), List.of(), names(peers));
  }

  private static SortedSet<PeerName> names(String... names) {
    return Stream.of(names).map(PeerName::new).collect(Collectors.toCollection(TreeSet::new));
  }

  private static PeerStatus status(String name, State state, Map<IpPrefix, Omission> omitted) {
    SnapshotMap<IpPrefix, RouteAttributes> told = SnapshotMap.empty();
    for (IpPrefix prefix : List.of(ONE, TWO, THREE)) {
      told = omitted.containsKey(prefix) ? told : told.with(prefix, RouteAttributes.DEFAULT);
    }
    return status(name, state, told, omitted);
  }

  private static PeerStatus status(
      String name,
      State state,
      SnapshotMap<IpPrefix, RouteAttributes> told,
      Map<IpPrefix, Omission> omitted) {
    return new PeerStatus(
        new PeerName(name),
        IpAddress.of("198.51.100.1"),
        new Asn(64_512),
        new RemoteAs.Exactly(new Asn(64_513)),
        state,
        Instant.EPOCH,
        Optional.empty(),
        told,
        Completeness.WHOLE,
        SnapshotMap.copyOf(omitted),
        new PeerStatus.Traffic(0, 0, 0, 0, 0),
        Optional.empty());
  }
}
