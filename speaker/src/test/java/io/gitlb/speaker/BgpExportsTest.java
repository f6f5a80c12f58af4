// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.PeerDraft;
import io.gitlb.speaker.announce.Placement.Reason;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Update;
import io.gitlb.speaker.bgp.session.BgpSpeaker;
import io.gitlb.speaker.bgp.session.ScriptedPeer;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import io.gitlb.speaker.health.Gate;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.Standing;
import io.gitlb.speaker.ownership.Standing.Hindrance;
import io.gitlb.speaker.ownership.Start;
import io.gitlb.speaker.receive.StatusBoard;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A peer that restarts gracefully with us is told nothing of an address before the service proxy
/// has said whether it has an endpoint here.
final class BgpExportsTest {

  private static final PeerName TOR = new PeerName("tor-a");
  private static final Duration HOLD = Duration.ofSeconds(90);
  private static final Duration A_WHILE = Duration.ofMillis(400);
  private static final int PORT = 30_555;
  private static final IpPrefix GATED = IpPrefix.of("203.0.113.10/32");
  private static final IpPrefix FREE = IpPrefix.of("203.0.113.20/32");
  private static final Update END_OF_RIB = Update.endOfRib(AddressFamily.IPV4_UNICAST);

  private static final Duration WEEK = Duration.ofDays(7);

  private final StatusBoard board = new StatusBoard(DesiredStates.SELF, "boot-1");
  private volatile Instant now = Instant.EPOCH;
  private volatile SnapshotMap<IpAddress, Standing> standings = SnapshotMap.empty();
  private ScriptedPeer tor;
  private BgpSpeaker speaker;
  private BgpExports exports;

  @BeforeEach
  void start() throws IOException {
    tor = ScriptedPeer.listening();
    restart();
  }

  private void restart() {
    speaker = BgpSpeaker.start(DesiredStates.SELF, InstantSource.system(), _ -> {});
    exports = exports(new Start.Warm());
  }

  /// One that may tell routes from the start.
  static BgpExports warm(BgpSpeaker speaker) {
    return new BgpExports(
        speaker,
        new StatusBoard(DesiredStates.SELF, "boot-1"),
        new RouteStart(new Start.Warm(), WEEK, Instant.EPOCH),
        SnapshotMap::empty,
        InstantSource.system());
  }

  private BgpExports exports(Start start) {
    return new BgpExports(
        speaker, board, new RouteStart(start, WEEK, Instant.EPOCH), () -> standings, () -> now);
  }

  @AfterEach
  void stop() throws IOException {
    speaker.close();
    tor.close();
  }

  @Test
  void beforeTheProxyHasSpokenThePeerKeepsWhatItHas() throws IOException {
    exports.apply(state());
    assertEquals(Set.of(PORT), exports.healthPorts());
    Conversation conversation = tor.establish(HOLD);
    assertEquals(List.of(FREE), conversation.readUpdate().nlri());
    assertTrue(conversation.saysNothing(A_WHILE), "no End-of-RIB, no withdrawal");
    assertEquals(Map.of(GATED.address(), Reason.NO_HEALTH_ANSWER), exports.withheld());
    assertEquals(Optional.of(Reason.NO_HEALTH_ANSWER), exports.holdsEndOfRib());

    exports.gates(gates(Gate.OPEN));
    assertEquals(List.of(GATED), conversation.readUpdate().nlri());
    assertEquals(END_OF_RIB, conversation.readUpdate());
    assertEquals(Optional.empty(), exports.holdsEndOfRib());

    exports.gates(gates(Gate.SHUT));
    assertEquals(List.of(GATED), conversation.readUpdate().withdrawn());

    exports.gates(gates(Gate.OPEN));
    assertEquals(List.of(GATED), conversation.readUpdate().nlri());

    exports.gates(gates(Gate.SILENT));
    assertTrue(conversation.saysNothing(A_WHILE), "silence is no word about endpoints");
    assertEquals(Map.of(), exports.withheld());
  }

  @Test
  void afterARestartAShutGateEndsTheRouteByEndOfRib() throws IOException {
    exports.apply(state());
    exports.gates(gates(Gate.OPEN));
    Conversation before = tor.establish(HOLD);
    assertEquals(List.of(GATED, FREE), before.readUpdate().nlri());
    assertEquals(END_OF_RIB, before.readUpdate());
    speaker.closeForRestart();
    assertThrows(EOFException.class, before::readBeyondKeepalives, "without a NOTIFICATION");

    restart();
    exports.apply(state());
    Conversation after = tor.establish(HOLD);
    assertEquals(List.of(FREE), after.readUpdate().nlri());
    assertTrue(after.saysNothing(A_WHILE), "the peer keeps the other one");
    exports.gates(gates(Gate.SHUT));
    assertEquals(END_OF_RIB, after.readUpdate(), "which ends what the peer has kept");
  }

  @Test
  void peersAreToldNothingAfterABootUntilTheTimeIsOver() throws IOException {
    exports = exports(new Start.Cold(Duration.ofHours(5)));
    exports.apply(freeState());
    Conversation conversation = tor.establish(HOLD);
    at(RouteStart.WAIT.minusMillis(1));
    assertTrue(conversation.saysNothing(A_WHILE), "no route, no End-of-RIB");
    assertEquals(Map.of(FREE.address(), Reason.WAITING_FOR_RECONCILER), exports.withheld());
    assertEquals(Optional.of(Reason.WAITING_FOR_RECONCILER), exports.holdsEndOfRib());

    at(RouteStart.WAIT);
    assertEquals(List.of(FREE), conversation.readUpdate().nlri());
    assertEquals(END_OF_RIB, conversation.readUpdate());
    assertEquals(Map.of(), exports.withheld());
  }

  @Test
  void whatTheReconcilerSaysIsToldAsSoonAsTheServiceProxyHasAnswered() throws IOException {
    exports = exports(new Start.Cold(Duration.ofDays(8)));
    exports.from(Origin.RECONCILER);
    exports.apply(state());
    Conversation conversation = tor.establish(HOLD);
    assertTrue(conversation.saysNothing(A_WHILE), "it may have no rules yet");
    assertEquals(
        Map.of(
            FREE.address(),
            Reason.WAITING_FOR_SERVICE_PROXY,
            GATED.address(),
            Reason.NO_HEALTH_ANSWER),
        exports.withheld());
    assertEquals(Optional.of(Reason.WAITING_FOR_SERVICE_PROXY), exports.holdsEndOfRib());
    exports.gates(gates(Gate.UNKNOWN));
    assertTrue(conversation.saysNothing(A_WHILE), "nobody has answered");

    exports.gates(gates(Gate.SHUT));
    assertEquals(List.of(FREE), conversation.readUpdate().nlri());
    assertEquals(END_OF_RIB, conversation.readUpdate());
  }

  @Test
  void aStateThatIsTooOldIsNotToldUntilTheReconcilerIsHeard() throws IOException {
    exports = exports(new Start.Cold(Duration.ofDays(7)));
    exports.apply(freeState());
    Conversation conversation = tor.establish(HOLD);
    at(BgpExports.DOUBT.minusMillis(1));
    assertTrue(conversation.saysNothing(A_WHILE), "it may be heard soon");
    assertTrue(problems().stream().anyMatch(one -> one.startsWith("BGP routes: GLB6019 ")));
    assertEquals(Map.of(FREE.address(), Reason.STATE_TOO_OLD), exports.withheld());
    assertEquals(Optional.of(Reason.STATE_TOO_OLD), exports.holdsEndOfRib());

    at(BgpExports.DOUBT);
    assertEquals(END_OF_RIB, conversation.readUpdate(), "which ends what the peer has kept");
    assertEquals(Optional.empty(), exports.holdsEndOfRib());
    assertTrue(conversation.saysNothing(A_WHILE));

    exports.from(Origin.RECONCILER);
    exports.apply(freeState());
    assertEquals(List.of(FREE), conversation.readUpdate().nlri());
    assertEquals(List.of(), problems());
  }

  @Test
  void aServiceProxyThatNeverAnswersHoldsEndOfRibBackForAMinute() throws IOException {
    exports.apply(state());
    Conversation conversation = tor.establish(HOLD);
    assertEquals(List.of(FREE), conversation.readUpdate().nlri());
    at(BgpExports.DOUBT.minusMillis(1));
    assertTrue(conversation.saysNothing(A_WHILE));
    at(BgpExports.DOUBT);
    assertEquals(END_OF_RIB, conversation.readUpdate());
  }

  @Test
  void whatIsGivenAwayIsWithdrawnFromPeers() throws IOException {
    exports.apply(freeState());
    Conversation conversation = tor.establish(HOLD);
    assertEquals(List.of(FREE), conversation.readUpdate().nlri());
    assertEquals(END_OF_RIB, conversation.readUpdate());

    standings = standings.with(FREE.address(), new Standing.GivenAway(DesiredStates.OTHER));
    exports.look();
    assertEquals(List.of(FREE), conversation.readUpdate().withdrawn());
    assertEquals(Map.of(FREE.address(), Reason.GIVEN_AWAY), exports.withheld());

    standings = standings.with(FREE.address(), new Standing.Standby(Optional.empty()));
    exports.look();
    assertEquals(List.of(FREE), conversation.readUpdate().nlri());
  }

  @Test
  void whatLayer2WaitsForIsHeldBackOnlyWhereTheStateMayBeOvertaken() throws IOException {
    standings = standings.with(FREE.address(), waiting());
    exports.apply(freeState());
    exports.look();
    Conversation warm = tor.establish(HOLD);
    assertEquals(List.of(FREE), warm.readUpdate().nlri());
    speaker.close();

    restart();
    exports = exports(new Start.Cold(Duration.ofHours(5), Start.Boot.SAME));
    exports.apply(freeState());
    Conversation cold = tor.establish(HOLD);
    at(RouteStart.WAIT);
    assertEquals(END_OF_RIB, cold.readUpdate(), "without the route");
    assertEquals(Map.of(FREE.address(), Reason.WAITING_FOR_SPEAKERS), exports.withheld());
    exports.from(Origin.RECONCILER);
    exports.apply(freeState());
    exports.look();
    assertEquals(List.of(FREE), cold.readUpdate().nlri());
  }

  @Test
  void aPeerWhoseSettingsAreRefusedIsNamedWithACode() {
    exports.apply(DesiredStates.state(1, List.of(withoutRouterId(peer()))));
    String why = "GLB6021 BGPPeer tor-a: not dialled: peer tor-a has router id 0.0.0.0";
    assertEquals(List.of(why), problems());

    exports.apply(DesiredStates.state(2, List.of(peer())));
    assertEquals(List.of(), problems());

    exports.apply(DesiredStates.state(3, List.of(withoutRouterId(peer()))));
    assertEquals(
        List.of(
            "GLB6021 BGPPeer tor-a: peer tor-a has router id 0.0.0.0; goes on with the settings"
                + " that it had last"),
        problems());

    exports.apply(DesiredStates.state(4, List.of()));
    assertEquals(List.of(), problems());
  }

  private static PeerSettings withoutRouterId(PeerSettings peer) {
    return PeerDraft.of(peer).routerId(new Ipv4(0)).settings();
  }

  private static Standing waiting() {
    return new Standing.Waiting(Hindrance.UNHEARD, "hears its peers first");
  }

  private void at(Duration sinceTheStart) {
    now = Instant.EPOCH.plus(sinceTheStart);
    exports.look();
  }

  private List<String> problems() {
    return board.current().problems();
  }

  private DesiredState freeState() {
    return DesiredStates.state(1, List.of(peer()), routed(FREE, OptionalInt.empty()));
  }

  private static SortedMap<Integer, Gate> gates(Gate gate) {
    return new TreeMap<>(Map.of(PORT, gate));
  }

  private DesiredState state() {
    return DesiredStates.state(
        1, List.of(peer()), routed(GATED, OptionalInt.of(PORT)), routed(FREE, OptionalInt.empty()));
  }

  private static Announcement routed(IpPrefix prefix, OptionalInt port) {
    BgpRoute route =
        new BgpRoute(prefix, OptionalLong.empty(), List.of(), new TreeSet<>(List.of(TOR)));
    return new Announcement(
        prefix.address(),
        new Announcement.Owner.Services(
            new TreeSet<>(List.of(new ServiceRef("shop", "web-" + prefix.address())))),
        "address: " + prefix.address() + "\n",
        Optional.empty(),
        List.of(route),
        port);
  }

  private PeerSettings peer() {
    return draft(TOR.value(), tor).holdTime(HOLD).settings();
  }

  /// That router as the speaker has it: soon dialled again, with graceful restart.
  static PeerDraft draft(String name, ScriptedPeer router) {
    return PeerDraft.of(DesiredStates.peer(name, router.address().toString()))
        .myAsn(64_513)
        .peerAs(new PeerSettings.RemoteAs.Exactly(new Asn(ScriptedPeer.ASN)))
        .port(router.port())
        .connectTime(Duration.ofSeconds(1))
        .extras(
            new Extras(
                new TreeSet<>(List.of(IpFamily.IPV4)),
                Optional.of(Duration.ofMinutes(1)),
                Optional.empty()));
  }
}
