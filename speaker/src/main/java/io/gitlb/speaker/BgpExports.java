// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.RouteStart.Verdict;
import io.gitlb.speaker.announce.PeerExports;
import io.gitlb.speaker.announce.Placement.Reason;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.BgpSpeaker;
import io.gitlb.speaker.bgp.session.PeerStatus;
import io.gitlb.speaker.health.Gate;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.Standing;
import io.gitlb.speaker.receive.StatusBoard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which routes of the desired state the peers are told now: none before [RouteStart] lets them go;
/// those of addresses that are given away, or without an endpoint here, are withdrawn meanwhile.
/// Called from several threads.
final class BgpExports {

  private static final Logger LOG = LoggerFactory.getLogger(BgpExports.class);

  /// Of a peer whose settings cannot be used.
  private static final String REFUSED = "GLB6021";

  /// The name on the status board of what can be wrong here.
  private static final String ROUTES = "BGP routes";

  private static final String TOO_OLD =
      "GLB6019 the state on disk is older than --max-state-age, so routers are told no routes until"
          + " the reconciler has sent a state or confirmed this one";

  /// For so long peers keep what they have of an earlier run while some routes are in doubt: half
  /// of the two minutes for which BIRD and FRR wait for somebody who restarts, unless told
  /// otherwise, and many times what a service proxy takes to start. Routes that are still in doubt
  /// then are none.
  static final Duration DOUBT = Duration.ofSeconds(60);

  private final BgpSpeaker bgp;
  private final StatusBoard board;
  private final RouteStart start;
  private final Supplier<SnapshotMap<IpAddress, Standing>> standings;
  private final InstantSource clock;
  private final PeerTranslation translation = new PeerTranslation();

  private final OpenAddresses open = new OpenAddresses();
  private final BarredRoutes barred = new BarredRoutes();
  private final PeerExports exports = new PeerExports();

  private Optional<DesiredState> desired = Optional.empty();
  private Origin origin = Origin.DISK;
  private Origin nextOrigin = Origin.DISK;
  private Manner manner = new Manner(Verdict.OPEN, Completeness.WHOLE);
  private Optional<Instant> inDoubtSince = Optional.empty();

  // What of it is told.
  private SnapshotMap<IpAddress, Announcement> told = SnapshotMap.empty();

  // Password file → what it held when BGP was told last; empty: no password (1:1).
  private SortedMap<String, Optional<Password>> passwords = Collections.emptySortedMap();

  private volatile SnapshotMap<IpAddress, Reason> withheld = SnapshotMap.empty();

  private volatile Optional<Reason> holdsEndOfRib = Optional.empty();

  private volatile SortedMap<PeerName, String> refused = Collections.emptySortedMap();

  // peer, as the status board has it → what is wrong with it, for people (1:1)
  private SortedMap<String, String> complaints = Collections.emptySortedMap();

  /// How peers are told, but for what.
  private record Manner(Verdict verdict, Completeness completeness) {}

  /// @param standings layer-2 address → what ownership has decided of it (1:1), as it is now
  /// @param clock monotonic
  BgpExports(
      BgpSpeaker bgp,
      StatusBoard board,
      RouteStart start,
      Supplier<SnapshotMap<IpAddress, Standing>> standings,
      InstantSource clock) {
    this.bgp = bgp;
    this.board = board;
    this.start = start;
    this.standings = standings;
    this.clock = clock;
  }

  /// Where the state comes from that is applied next, and from then on.
  synchronized void from(Origin next) {
    nextOrigin = next;
  }

  /// Whether routers are told routes, as far as this run's start is concerned.
  synchronized boolean isOpen() {
    return start.judge(origin, clock.instant()) == Verdict.OPEN;
  }

  /// What has to be asked for [#gates].
  synchronized SortedSet<Integer> healthPorts() {
    return open.healthPorts();
  }

  /// Address whose routes no peer is told now → why (1:1).
  SnapshotMap<IpAddress, Reason> withheld() {
    return withheld;
  }

  /// Why peers are told that there may be more routes than they have got, and so no End-of-RIB;
  /// empty: that these are all.
  Optional<Reason> holdsEndOfRib() {
    return holdsEndOfRib;
  }

  /// Peer that no session is kept with because of its settings → why (1:1).
  SortedMap<PeerName, String> refused() {
    return refused;
  }

  /// Takes the whole state; the sessions follow. Costs in proportion to what differs from the one
  /// before.
  synchronized void apply(DesiredState state) {
    desired = Optional.of(state);
    origin = nextOrigin;
    open.follow(state.announcements());
    export(state);
  }

  /// The service proxy of this node says other things of its endpoints.
  ///
  /// @param byPort `healthCheckNodePort` → what it says (1:1)
  synchronized void gates(SortedMap<Integer, Gate> byPort) {
    if (byPort.values().stream().anyMatch(gate -> gate != Gate.UNKNOWN)) {
      start.proxyAnswered();
    }
    open.gates(byPort);
    desired.ifPresent(this::export);
  }

  /// Looks at the clock, at what layer 2 has found out, and at the password files: a new password
  /// makes a new session with the peers whose it is, and touches no other.
  ///
  /// @return whether peers, or what the status says of routes, may be others now
  synchronized boolean look() {
    if (desired.isEmpty()) {
      return false;
    }
    DesiredState state = desired.get();
    boolean news = open.bar(barred.follow(standings.get(), start.isDoubtful(origin)));
    news |= !manner(clock.instant()).equals(manner);
    boolean exports = news || !PasswordFiles.of(state).equals(passwords);
    if (exports) {
      export(state);
    }
    return exports;
  }

  private Manner manner(Instant now) {
    Verdict verdict = start.judge(origin, now);
    if (verdict == Verdict.OPEN && open.completeness() == Completeness.WHOLE) {
      inDoubtSince = Optional.empty();
      return new Manner(verdict, Completeness.WHOLE);
    }
    inDoubtSince = inDoubtSince.or(() -> Optional.of(now));
    boolean over = !now.isBefore(inDoubtSince.get().plus(DOUBT));
    return new Manner(verdict, over ? Completeness.WHOLE : Completeness.PARTIAL);
  }

  /// Whether one of these peers has been told a route of an address.
  synchronized Predicate<IpAddress> routed(List<PeerStatus> peers) {
    SortedMap<PeerName, PeerStatus> having = new TreeMap<>();
    peers.stream()
        .filter(peer -> peer.state() == State.ESTABLISHED)
        .forEach(peer -> having.put(peer.name(), peer));
    SnapshotMap<IpAddress, Announcement> now = told;
    return address ->
        now.find(address).stream()
            .flatMap(announcement -> announcement.routes().stream())
            .anyMatch(
                route -> route.peers().stream().anyMatch(name -> has(having.get(name), route)));
  }

  private static boolean has(@Nullable PeerStatus peer, BgpRoute route) {
    return peer != null && peer.told().containsKey(route.prefix());
  }

  private void export(DesiredState state) {
    judge();
    // Before they are used: a change in between is noticed by the next look.
    passwords = PasswordFiles.of(state);
    PeerTranslation.Translated translated =
        translation.translate(exports.follow(told, state.peers()));
    bgp.apply(translated.peers(), translated.routes(), manner.completeness());
    SortedMap<PeerName, String> left = new TreeMap<>(translated.refused());
    translated.peers().forEach(peer -> left.remove(peer.name()));
    refused = Collections.unmodifiableSortedMap(left);
    complain(translated.refused());
  }

  /// Says of each peer what is new.
  private void complain(SortedMap<PeerName, String> about) {
    SortedMap<String, String> before = complaints;
    SortedMap<String, String> now = new TreeMap<>();
    about.forEach(
        (peer, why) ->
            now.put(
                REFUSED + " BGPPeer " + peer,
                refused.containsKey(peer) ? "not dialled: " + why : why));
    before.keySet().stream().filter(peer -> !now.containsKey(peer)).forEach(board::solved);
    now.forEach(
        (peer, what) -> {
          if (!what.equals(before.get(peer))) {
            LOG.error("{}: {}", peer, what);
            board.problem(peer, what);
          }
        });
    complaints = now;
  }

  private void judge() {
    Manner next = manner(clock.instant());
    if (next.verdict() != manner.verdict()) {
      LOG.info(
          "{}",
          switch (next.verdict()) {
            case OPEN -> "routers are told the routes from now on";
            case UNCONFIRMED ->
                "routers are told no routes yet: the state is from disk and this node was away";
            case NO_PROXY ->
                "routers are told no routes yet: this node's service proxy may have no rules";
            case TOO_OLD -> TOO_OLD;
          });
    }
    manner = next;
    Optional<Reason> waits = reason(next.verdict());
    told = waits.isPresent() ? SnapshotMap.empty() : open.told();
    withheld = waits.map(this::waiting).orElseGet(open::withheld);
    holdsEndOfRib =
        switch (next.completeness()) {
          case WHOLE -> Optional.empty();
          case PARTIAL -> waits.or(() -> Optional.of(Reason.NO_HEALTH_ANSWER));
        };
    if (next.verdict() == Verdict.TOO_OLD) {
      board.problem(ROUTES, TOO_OLD);
    } else {
      board.solved(ROUTES);
    }
  }

  private static Optional<Reason> reason(Verdict verdict) {
    return switch (verdict) {
      case OPEN -> Optional.empty();
      case UNCONFIRMED -> Optional.of(Reason.WAITING_FOR_RECONCILER);
      case NO_PROXY -> Optional.of(Reason.WAITING_FOR_SERVICE_PROXY);
      case TOO_OLD -> Optional.of(Reason.STATE_TOO_OLD);
    };
  }

  private SnapshotMap<IpAddress, Reason> waiting(Reason reason) {
    SnapshotMap<IpAddress, Reason> all = open.withheld();
    for (Announcement announcement : open.told().values()) {
      all = announcement.routes().isEmpty() ? all : all.with(announcement.address(), reason);
    }
    return all;
  }
}
