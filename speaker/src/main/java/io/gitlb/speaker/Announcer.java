// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProbeReply;
import io.gitlb.schema.protocol.ProbeRequest;
import io.gitlb.schema.protocol.RouteLine;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import io.gitlb.speaker.bgp.session.BgpSpeaker;
import io.gitlb.speaker.health.Gate;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import io.gitlb.speaker.ownership.ClaimsContent;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.OwnershipSettings;
import io.gitlb.speaker.ownership.Standing;
import io.gitlb.speaker.ownership.Start;
import io.gitlb.speaker.pcap.NodeAddresses;
import io.gitlb.speaker.receive.ClaimsBoard;
import io.gitlb.speaker.receive.DesiredStateSink;
import io.gitlb.speaker.receive.StatusBoard;
import io.gitlb.speaker.store.DesiredStore;
import io.gitlb.speaker.watch.HealthPolls;
import io.gitlb.speaker.watch.WatchedPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that a desired state brings to the wire: layer 2 and BGP, and what becomes of it.
final class Announcer implements DesiredStateSink, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  /// The names on the status board of what can be wrong here.
  private static final String CAPTURE = "capture";

  private static final String RECONCILER = "reconciler";

  private final MonotonicClock clock = new MonotonicClock();
  private final InstantSource timeOfDay;
  private final StatusBoard board;
  private final StatusPublisher publisher;
  private final Layer2Thread layer2;
  private final ClaimsBoard claims;
  private final PeerWatch watch;
  private final StartStamp stamp;
  private final ScheduledExecutorService upkeep;
  private final SegmentPort.Watch interfaces;
  private final OwnLinks links = new OwnLinks(NodeAddresses::read);
  private final BgpSpeaker bgp;
  private final RouterWatch routers;
  private final BgpExports exports;
  private final Unnumbered unnumbered;
  private final HealthPolls health;
  private final Ways ways;

  private volatile Placed placed = new Placed(Optional.empty(), ActiveSet.EMPTY, List.of());

  // Address claimed here → the claim (1:1).
  private volatile SnapshotMap<IpAddress, SpeakerClaims.Claim> own = SnapshotMap.empty();

  // Layer-2 address → what ownership decided of it (1:1).
  private volatile SnapshotMap<IpAddress, Standing> decided = SnapshotMap.empty();

  // Address announced here → who else uses it, by the time of day (1:1).
  private volatile SortedMap<IpAddress, SpeakerStatus.Conflict> conflicts =
      Collections.emptySortedMap();

  private final GratuitousLog gratuitous = new GratuitousLog();

  /// What layer 2 told last.
  private record Placed(Optional<DesiredState> inForce, ActiveSet active, List<Link> links) {}

  /// Starts without addresses and peers.
  ///
  /// @param timeOfDay for what people read and for what outlasts this run; it may be set, by any
  ///   amount, at any time
  /// @param failed told in one line, once, when a part that cannot be done without has ended
  Announcer(
      SpeakerSettings settings,
      SegmentPort port,
      InstantSource timeOfDay,
      StatusBoard board,
      ClaimsBoard claims,
      Consumer<String> failed) {
    this.timeOfDay = timeOfDay;
    this.board = board;
    this.claims = claims;
    VerdictCounts counts = new VerdictCounts();
    ContentionCounts contention = new ContentionCounts();
    ways = new Ways(new Standings(), this::follow, board);
    publisher = new StatusPublisher(this::view, this::publish, timeOfDay);
    layer2 =
        new Layer2Thread(
            new Layer2(
                settings.node(),
                port,
                counts,
                contention,
                clock,
                OwnershipSettings.defaults().withMaxStateAge(settings.maxStateAge()),
                new FromLayer2()),
            clock,
            cause -> failed.accept("layer 2 has ended: " + cause));
    stamp = new StartStamp(settings.stateDir());
    Start how = how(settings.stateDir(), timeOfDay.instant());
    // Before all sockets: they and the capture library load side by side. What layer 2 tells before
    // the first state concerns none of what follows.
    layer2.start(how);
    watch =
        new PeerWatch(
            settings.livenessKeys(), settings.security(), layer2, timeOfDay, publisher::changed);
    interfaces = port.watch(layer2::surveySoon);
    bgp =
        BgpSpeaker.start(
            settings.node(), timeOfDay, _ -> publisher.changed(), forwarding(how), links);
    board.traffic(() -> StatusComposer.traffic(bgp.status()));
    routers = new RouterWatch(RouterWatch.PathListener.of(bgp), board::bfd, timeOfDay, links::look);
    board.counters(() -> counters(counts, contention));
    exports =
        new BgpExports(
            bgp,
            board,
            new RouteStart(how, settings.maxStateAge(), clock.instant()),
            () -> decided,
            clock);
    unnumbered = new Unnumbered(this::route, this::isEstablished, board, timeOfDay);
    health = new HealthPolls(clock, NodeAddresses::ofProxy, this::gates);
    publisher.start();
    upkeep =
        Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("upkeep").factory());
    KernelWatch kernel = new KernelWatch(port, board::problem, board::solved);
    var _ =
        upkeep.scheduleWithFixedDelay(
            guarded(
                () -> {
                  Placed now = placed;
                  kernel.look(now.active(), now.links(), clock.instant());
                }),
            1,
            1,
            TimeUnit.SECONDS);
    var _ =
        upkeep.scheduleWithFixedDelay(
            guarded(() -> ways.look(clock.instant())),
            Ways.LOOK.toMillis(),
            Ways.LOOK.toMillis(),
            TimeUnit.MILLISECONDS);
    var _ =
        upkeep.scheduleWithFixedDelay(
            guarded(this::stamp), 0, StartStamp.INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    var _ = upkeep.scheduleWithFixedDelay(guarded(this::lookAtRoutes), 1, 1, TimeUnit.SECONDS);
    var _ = upkeep.scheduleWithFixedDelay(guarded(routers::look), 1, 1, TimeUnit.SECONDS);
    var _ = upkeep.scheduleWithFixedDelay(guarded(unnumbered::look), 1, 1, TimeUnit.SECONDS);
  }

  /// What is thrown out of a round would make it the last one.
  private static Runnable guarded(Runnable round) {
    return () -> {
      try {
        round.run();
      } catch (RuntimeException e) {
        LOG.error("Defect in the upkeep; its other rounds go on", e);
      }
    };
  }

  /// A run that was still finding out whether its state holds leaves the next one to find it out.
  private void stamp() {
    if (exports.isOpen()) {
      stamp.write(timeOfDay.instant());
    }
  }

  private void lookAtRoutes() {
    if (exports.look()) {
      publisher.changed();
    }
  }

  private Start how(Path stateDir, Instant now) {
    return DesiredStore.storedAt(stateDir)
        .map(stored -> stamp.judge(stored, now))
        .orElseGet(stamp::judgeWithoutState);
  }

  /// Brings the whole state in force. Layer 2 is so when this returns; the sessions of BGP follow.
  @Override
  public void apply(DesiredState state, Source source) {
    watch.inForce(source);
    ways.apply(
        state,
        switch (source) {
          case DISK -> Origin.DISK;
          case RECONCILER -> Origin.RECONCILER;
        });
  }

  /// What the kernel forwarded is gone with its boot.
  private static Forwarding forwarding(Start how) {
    Start.Boot boot =
        switch (how) {
          case Start.Warm _ -> Start.Boot.SAME;
          case Start.Cold(Duration _, Start.Boot on) -> on;
          case Start.Fresh(Start.Boot on) -> on;
        };
    return switch (boot) {
      case SAME -> Forwarding.PRESERVED;
      case OTHER -> Forwarding.LOST;
    };
  }

  private void follow(DesiredState state, Origin origin) {
    exports.from(origin);
    links.announced(state.announcements());
    unnumbered.apply(state);
    layer2.apply(state, origin);
  }

  /// @param reached the state in which every peer has an address
  private void route(DesiredState reached) {
    routers.apply(reached);
    exports.apply(reached);
    health.apply(exports.healthPorts());
    publisher.changed();
  }

  private boolean isEstablished(PeerName peer) {
    return bgp.status().stream()
        .anyMatch(one -> one.name().equals(peer) && one.state() == State.ESTABLISHED);
  }

  private void gates(SortedMap<Integer, Gate> byPort) {
    layer2.post((one, now) -> one.gates(byPort, now));
    exports.gates(byPort);
    publisher.changed();
  }

  /// See [io.gitlb.speaker.receive.AddressProber#probe].
  ProbeReply probe(ProbeRequest request) throws InterruptedException {
    return ProbeReplies.of(layer2.detect(new TreeSet<>(request.addresses())));
  }

  /// Monotonic.
  InstantSource clock() {
    return clock;
  }

  /// The newest generation that a peer has told of.
  Optional<Generation> newestOfPeers() {
    return watch.newest();
  }

  /// Whether the state in force may be outdated.
  ///
  /// @param why for people, one line; empty: it is not
  void cutOff(Optional<String> why) {
    why.ifPresentOrElse(text -> board.problem(RECONCILER, text), () -> board.solved(RECONCILER));
    watch.cutOff(why.isPresent());
  }

  /// The routes of this node and whom they are told; from any thread.
  List<RouteLine> routes() {
    return RouteLines.of(view());
  }

  /// Hands layer 2 over, then ends BGP as for a restart: routers that keep routes over one keep
  /// ours, as the node forwards on; all others drop them. A node that leaves is cordoned, and the
  /// state says so of its routes: those are withdrawn, as it may be switched off next.
  @Override
  public void close() {
    interfaces.close();
    unnumbered.close();
    layer2.close();
    health.close();
    watch.close();
    bgp.closeForRestart();
    // After BGP, so that no router takes it for a failure.
    routers.close();
    publisher.close();
    upkeep.close();
  }

  private SpeakerView view() {
    SnapshotMap<IpAddress, Instant> segmentsTold =
        gratuitous.of(() -> placed.active().placements());
    Placed now = placed;
    return new SpeakerView(
        now.inForce(),
        now.active(),
        now.links(),
        bgp.status(),
        exports.withheld(),
        exports.holdsEndOfRib(),
        turns(),
        conflicts,
        exports.refused(),
        new SpeakerView.Segments(segmentsTold, watch.members()));
  }

  private SortedMap<IpAddress, Long> turns() {
    SortedMap<IpAddress, Long> turns = new TreeMap<>();
    own.forEach((address, claim) -> turns.put(address, claim.turn()));
    return turns;
  }

  private static SortedSet<IpAddress> known(
      Optional<DesiredState> inForce, SortedSet<IpAddress> kept) {
    SortedSet<IpAddress> known = new TreeSet<>();
    inForce.ifPresent(
        state ->
            state.announcements().values().stream()
                .filter(announcement -> announcement.layer2().isPresent())
                .forEach(announcement -> known.add(announcement.address())));
    known.removeAll(kept);
    return known;
  }

  private void publish(StatusComposer.Composed composed) {
    board.publish(
        composed.announcements(),
        unnumbered.shown(composed.peers()),
        composed.interfaces(),
        composed.members());
  }

  private SortedMap<String, Long> counters(VerdictCounts counts, ContentionCounts contention) {
    SortedMap<String, Long> all = new TreeMap<>(counts.values());
    all.putAll(contention.values());
    all.putAll(watch.drops());
    all.putAll(routers.drops());
    return all;
  }

  private SortedMap<IpAddress, SpeakerStatus.Conflict> byTimeOfDay(
      SortedMap<IpAddress, Conflict> conflicts) {
    Duration ahead = ahead();
    SortedMap<IpAddress, SpeakerStatus.Conflict> told = new TreeMap<>();
    conflicts.forEach(
        (address, conflict) ->
            told.put(
                address,
                new SpeakerStatus.Conflict(
                    conflict.mac(),
                    SegmentWatch.toldAs(conflict.kind()),
                    conflict.since().plus(ahead),
                    conflict.lastSeen().plus(ahead))));
    return told;
  }

  /// Of the time of day before the monotonic clock.
  private Duration ahead() {
    return Duration.between(clock.instant(), timeOfDay.instant());
  }

  /// How the announcements of this node stand, for [Ways].
  private final class Standings implements Ways.Surroundings {

    @Override
    public Predicate<IpAddress> answered() {
      ActiveSet active = placed.active();
      return address -> active.placements().get(address) instanceof Placement.Answered;
    }

    @Override
    public Predicate<IpAddress> held() {
      Map<IpAddress, Standing> now = decided;
      return address -> Decisions.isHeldBySomebody(now.get(address));
    }

    @Override
    public Predicate<IpAddress> routed() {
      return exports.routed(bgp.status());
    }
  }

  /// Passes on what layer 2 tells.
  private final class FromLayer2 implements Layer2Listener {

    @Override
    public void changed(Optional<DesiredState> inForce, ActiveSet active, List<Link> links) {
      placed = new Placed(inForce, active, links);
      publisher.changed();
    }

    @Override
    public void claims(Optional<DesiredState> inForce, ClaimsContent content) {
      own = content.claims();
      SortedSet<IpAddress> kept = ways.keptOnLinks();
      claims.publish(
          before -> content.after(before, inForce.map(DesiredState::generation)),
          () -> known(inForce, kept));
      publisher.changed(); // The status has the turns, and may have been made without these.
    }

    @Override
    public void decided(SnapshotMap<IpAddress, Standing> standings) {
      decided = standings;
    }

    @Override
    public void watch(SortedSet<LivenessTarget> sessions, SortedSet<WatchedPeer> peers) {
      watch.apply(sessions, peers);
    }

    @Override
    public void conflicts(SortedMap<IpAddress, Conflict> conflicts) {
      Announcer.this.conflicts = byTimeOfDay(conflicts);
      publisher.changed();
    }

    @Override
    public void gratuitous(IpAddress address, Instant now) {
      gratuitous.sent(address, now.plus(ahead()));
    }

    @Override
    public void gratuitousOver() {
      publisher.changed();
    }

    @Override
    public void refusals(SortedMap<String, String> refusals) {
      if (refusals.isEmpty()) {
        board.solved(CAPTURE);
      } else {
        board.problem(CAPTURE, "not possible on " + refusals);
      }
    }
  }
}
