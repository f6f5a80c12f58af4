// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.PeerDraft;
import io.gitlb.speaker.discovery.session.DiscoveryListener;
import io.gitlb.speaker.receive.StatusBoard;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is told of a link on which several routers answer. There is no interface of the name: who
/// is found is told by the test.
final class UnnumberedTest {

  private static final String LINK = "absent0";
  private static final Ipv6 FIRST = (Ipv6) IpAddress.of("fe80::1");
  private static final Ipv6 SECOND = (Ipv6) IpAddress.of("fe80::2");
  private static final PeerName TOR = new PeerName("tor");

  private final StatusBoard board = new StatusBoard(DesiredStates.SELF, "boot-1");
  private final Unnumbered unnumbered =
      new Unnumbered(_ -> {}, _ -> true, board, () -> Instant.EPOCH);
  private final DiscoveryListener link = unnumbered.listener();

  @AfterEach
  void stop() {
    unnumbered.close();
  }

  @Test
  void aSecondRouterOnTheLinkIsNamedInTheStatusAndInThePeersError() {
    unnumbered.apply(state(List.of(peer())));
    link.found(LINK, FIRST);
    assertEquals(List.of(), board.current().problems());
    assertEquals(Optional.empty(), lastError(Optional.empty()));

    link.others(LINK, new TreeSet<>(List.of(SECOND)));
    assertEquals(
        List.of(
            "routers on absent0: GLB6020 beside fe80::1, which is used, there answers fe80::2;"
                + " leave one router on that link, or write an address of it that is not"
                + " link-local as peerAddress instead of interface"),
        board.current().problems());
    assertEquals(Optional.of("fe80::2 on absent0, too (GLB6020)"), lastError(Optional.empty()));
    assertEquals(
        Optional.of("hold timer expired; fe80::2 on absent0, too (GLB6020)"),
        lastError(Optional.of("hold timer expired")));

    link.others(LINK, Collections.emptySortedSet());
    assertEquals(List.of(), board.current().problems());
    assertEquals(Optional.empty(), lastError(Optional.empty()));
  }

  @Test
  void aLinkThatNoPeerUsesAnyMoreIsNoProblem() {
    unnumbered.apply(state(List.of(peer())));
    link.found(LINK, FIRST);
    link.others(LINK, new TreeSet<>(List.of(SECOND)));
    unnumbered.apply(state(List.of()));
    assertEquals(List.of(), board.current().problems());
  }

  /// The sessions that there are show ours for an internal peer, too.
  @Test
  void aRouterThatWasNotFoundYetHasTheAsThatItIsToHave() {
    assertEquals(Optional.of(new Asn(64_513)), asn(new RemoteAs.Exactly(new Asn(64_513))));
    assertEquals(Optional.of(new Asn(64_512)), asn(RemoteAs.Dynamic.INTERNAL));
    assertEquals(Optional.empty(), asn(RemoteAs.Dynamic.EXTERNAL));
  }

  private Optional<Asn> asn(RemoteAs remoteAs) {
    unnumbered.apply(state(List.of(peer(remoteAs))));
    return unnumbered.shown(List.of()).getFirst().session().peerAsn();
  }

  private Optional<String> lastError(Optional<String> own) {
    PeerStatus session = new PeerStatus(TOR, FIRST, "Established", Instant.EPOCH, 0, own);
    return unnumbered.shown(List.of(session)).getFirst().lastError();
  }

  private static DesiredState state(List<PeerSettings> peers) {
    return DesiredStates.state(1, peers);
  }

  private static PeerSettings peer() {
    return peer(RemoteAs.Dynamic.EXTERNAL);
  }

  private static PeerSettings peer(RemoteAs remoteAs) {
    return PeerDraft.of(DesiredStates.peer(TOR.value(), "192.0.2.1"))
        .peerAddress(PeerSettings.UNKNOWN_ADDRESS)
        .peerAs(remoteAs)
        .extras(Extras.of(IpFamily.IPV6).withInterface(Optional.of(LINK)))
        .settings();
  }
}
