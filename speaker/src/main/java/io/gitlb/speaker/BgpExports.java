// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.PeerExports;
import io.gitlb.speaker.announce.Placement.Reason;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.BgpSpeaker;
import io.gitlb.speaker.bgp.session.PeerStatus;
import io.gitlb.speaker.health.Gate;
import io.gitlb.speaker.receive.StatusBoard;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which routes of the desired state the peers are told now: those of addresses without an endpoint
/// here are withdrawn meanwhile. Called from several threads.
final class BgpExports {

  private static final Logger LOG = LoggerFactory.getLogger(BgpExports.class);

  /// The name on the status board of what can be wrong here.
  private static final String PEERS = "BGP peers";

  private final BgpSpeaker bgp;
  private final StatusBoard board;
  private final PeerTranslation translation = new PeerTranslation();

  private final OpenAddresses open = new OpenAddresses();
  private final PeerExports exports = new PeerExports();

  private Optional<DesiredState> desired = Optional.empty();

  // Password file → what it held when BGP was told last; empty: no password (1:1).
  private SortedMap<String, Optional<Password>> passwords = Collections.emptySortedMap();

  private volatile SnapshotMap<IpAddress, Reason> withheld = SnapshotMap.empty();

  private volatile SortedMap<PeerName, String> refused = Collections.emptySortedMap();

  BgpExports(BgpSpeaker bgp, StatusBoard board) {
    this.bgp = bgp;
    this.board = board;
  }

  /// Address whose routes no peer is told now → why (1:1).
  SnapshotMap<IpAddress, Reason> withheld() {
    return withheld;
  }

  /// Peer that no session is kept with because of its settings → why (1:1).
  SortedMap<PeerName, String> refused() {
    return refused;
  }

  /// Takes the whole state; the sessions follow. Costs in proportion to what differs from the one
  /// before.
  synchronized void apply(DesiredState state) {
    desired = Optional.of(state);
    open.follow(state.announcements());
    export(state);
  }

  /// The service proxy of this node says other things of its endpoints.
  ///
  /// @param byPort `healthCheckNodePort` → what it says (1:1)
  synchronized void gates(SortedMap<Integer, Gate> byPort) {
    open.gates(byPort);
    desired.ifPresent(this::export);
  }

  /// Looks at the password files: a new password makes a new session with the peers whose it is,
  /// and touches no other.
  synchronized void look() {
    desired.filter(state -> !PasswordFiles.of(state).equals(passwords)).ifPresent(this::export);
  }

  /// Whether one of these peers has been told a route of an address.
  synchronized Predicate<IpAddress> routed(List<PeerStatus> peers) {
    SortedMap<PeerName, PeerStatus> having = new TreeMap<>();
    peers.stream()
        .filter(peer -> peer.state() == State.ESTABLISHED)
        .forEach(peer -> having.put(peer.name(), peer));
    SnapshotMap<IpAddress, Announcement> told = open.told();
    return address ->
        told.find(address).stream()
            .flatMap(announcement -> announcement.routes().stream())
            .anyMatch(
                route -> route.peers().stream().anyMatch(name -> has(having.get(name), route)));
  }

  private static boolean has(@Nullable PeerStatus peer, BgpRoute route) {
    return peer != null && peer.told().containsKey(route.prefix());
  }

  private void export(DesiredState state) {
    withheld = open.withheld();
    // Before they are used: a change in between is noticed by the next look.
    passwords = PasswordFiles.of(state);
    PeerTranslation.Translated translated =
        translation.translate(exports.follow(open.told(), state.peers()));
    bgp.apply(translated.peers(), translated.routes(), open.completeness());
    SortedMap<PeerName, String> left = new TreeMap<>(translated.refused());
    translated.peers().forEach(peer -> left.remove(peer.name()));
    refused = Collections.unmodifiableSortedMap(left);
    if (translated.refused().isEmpty()) {
      board.solved(PEERS);
    } else {
      LOG.error("BGP refuses the settings of peers: {}", translated.refused());
      board.problem(PEERS, "settings are refused: " + translated.refused());
    }
  }
}
