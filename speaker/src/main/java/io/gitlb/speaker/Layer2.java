// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.AnnouncementDiff;
import io.gitlb.speaker.announce.Change;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.health.Gate;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.GratuitousSchedule;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.OwnNodes;
import io.gitlb.speaker.l2.SegmentPort;
import io.gitlb.speaker.ownership.Ability;
import io.gitlb.speaker.ownership.Channel;
import io.gitlb.speaker.ownership.ClaimsContent;
import io.gitlb.speaker.ownership.Contact;
import io.gitlb.speaker.ownership.Contests;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.Outcome;
import io.gitlb.speaker.ownership.Ownership;
import io.gitlb.speaker.ownership.OwnershipSettings;
import io.gitlb.speaker.ownership.ProbeOutcome;
import io.gitlb.speaker.ownership.Standing;
import io.gitlb.speaker.ownership.Start;
import io.gitlb.speaker.ownership.WatchGraph;
import io.gitlb.speaker.watch.WatchedPeer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the links to what ownership decides: asks it who holds each address, fills the
/// responders' tables, probes, sends gratuitous frames. Everything here runs on one thread, which
/// passes the time in.
final class Layer2 {

  private static final Logger LOG = LoggerFactory.getLogger(Layer2.class);

  private final NodeName self;
  private final Layer2Listener listener;
  private final VerdictCounts counts;
  private final Fence fence;
  private final Layer2Log log = new Layer2Log(LOG);
  private final GratuitousSchedule schedule = new GratuitousSchedule();
  private final Ownership ownership;
  private final Contention contention;
  private final Links links;
  private final SegmentWatch watch;
  private final Introductions introductions = new Introductions();

  private Optional<DesiredState> desired = Optional.empty();

  // Those of the desired state.
  private Contests contests =
      new Contests(Optional.empty(), Origin.DISK, new TreeMap<>(), new TreeSet<>());

  // Address → where this node would answer (1:1).
  private SortedMap<IpAddress, Placement> reach = Collections.emptySortedMap();
  private SnapshotMap<IpAddress, Standing> standings = SnapshotMap.empty();
  private SortedMap<Integer, Gate> gatesByPort = Collections.emptySortedMap();
  // Address → whether there is an endpoint here (N:1).
  private SortedMap<IpAddress, Gate> gates = Collections.emptySortedMap();
  private Optional<ClaimsContent> told = Optional.empty();
  private Optional<Instant> decisionDue = Optional.empty();
  private ActiveSet active = ActiveSet.EMPTY;
  private SortedSet<LivenessTarget> sessions = Collections.emptySortedSet();
  private SortedSet<WatchedPeer> watched = Collections.emptySortedSet();
  // The keys are what counts.
  private SnapshotMap<IpAddress, Boolean> probed = SnapshotMap.empty();
  private boolean telling;
  private boolean undecided;
  private boolean placeAnew;
  private boolean mayExit;

  /// @param clock monotonic; the capture threads read it for their limit on replies
  /// @param contentions counts what is done about others that use an address
  Layer2(
      NodeName self,
      SegmentPort port,
      VerdictCounts counts,
      ContentionCounts contentions,
      InstantSource clock,
      OwnershipSettings settings,
      Layer2Listener listener) {
    this.self = self;
    this.listener = listener;
    this.counts = counts;
    fence = new Fence(clock);
    ownership = new Ownership(self, settings, fence::atWork);
    contention = new Contention(ownership, fence, this::isAnswered);
    Sightings sightings = new Sightings();
    links = new Links(port, counts, clock, fence, log, sightings);
    watch = new SegmentWatch(new SplittableRandom(), sightings, new FromWatch(), contentions, LOG);
  }

  /// The first call.
  void begin(Start start, Instant now) {
    ownership.begin(start, now);
  }

  /// What the owner does at least once in a [Fence#TICK]: says that it runs, decides, and sends
  /// what is due.
  void tick(Instant now) {
    Duration shut = fence.shutFor(now);
    if (shut.isPositive()) {
      log.wasStopped(shut);
      counts.paused(shut.plus(Fence.LEASE));
      ownership.paused(now);
      // With the fence still shut: the capture threads answer from the tables.
      decide(now);
      fence.takenBack();
    } else {
      fence.renew(now);
    }
    if (links.open().stream().anyMatch(captured -> !captured.segment().isAlive())) {
      // A cable was pulled: whoever decides has to know now, not at the next survey.
      survey(now);
    }
    SegmentWatch.Seen seen = watch.advance(now);
    boolean others = contention.sighted(seen.claimed(), now);
    undecided |= !seen.claimed().isEmpty();
    if (others) {
      desired.ifPresent(this::watchPeers);
    }
    for (Map.Entry<IpAddress, OwnNodes.Split> done : seen.probed().entrySet()) {
      OwnNodes.Split split = done.getValue();
      ProbeOutcome outcome = new ProbeOutcome(split.members(), split.probers(), split.strangers());
      ownership.probed(done.getKey(), outcome, now);
      undecided = true;
    }
    answerAndWatch();
    for (Links.Captured captured : links.open()) {
      OpenLink link = captured.openLink();
      undecided |= ownership.asked(link.link().name(), link.lastAsked());
    }
    if (undecided || decisionDue.filter(due -> !due.isAfter(now)).isPresent()) {
      decide(now);
    }
    // After deciding: what is given up is not told again.
    fence.slowly(contention.takeDue(now), address -> tellAgain(address, now));
    sendDue(now);
    introductions.advance(now, this::macOf, (name, frame) -> links.send(name, frame));
    log.placed(active, now);
  }

  private Optional<MacAddress> macOf(String interfaceName) {
    return links.open(interfaceName).map(captured -> captured.openLink().link().macAddress());
  }

  /// Asks the segments who uses these addresses.
  ///
  /// @param done told once, within [Probing#DEADLINE], on the owner's thread
  void detect(
      SortedSet<IpAddress> addresses,
      Consumer<SortedMap<IpAddress, Probing.Finding>> done,
      Instant now) {
    watch.detect(addresses, done, now);
    // The kernel has to let the answers through before the first probe goes out.
    answerAndWatch();
  }

  /// Takes another desired state and brings it in force.
  void apply(DesiredState state, Origin origin, Instant now) {
    desired = Optional.of(state);
    // The claims tell of the stored generation and its addresses too.
    told = Optional.empty();
    watch.members(Decisions.nodes(self, state), contention::claimantsOf);
    contests = Decisions.contests(state, origin);
    fence.atWork();
    ownership.desired(contests, now);
    fence.atWork();
    place(now);
  }

  /// The service proxy of this node says other things of its endpoints.
  ///
  /// @param byPort `healthCheckNodePort` → what it says (1:1)
  void gates(SortedMap<Integer, Gate> byPort, Instant now) {
    gatesByPort = byPort;
    if (desired.isPresent()) {
      passGates(desired.get(), now);
    }
  }

  /// Looks at the interfaces and follows what has changed.
  void survey(Instant now) {
    links.open().stream().filter(captured -> captured.openLink().isUnjoined()).forEach(this::join);
    if (links.survey(now)) {
      listener.refusals(links.refusals());
      place(now);
    }
  }

  /// A liveness session came up or went down.
  void contact(NodeName peer, String interfaceName, Contact contact, Instant now) {
    fence.atWork();
    ownership.contact(peer, interfaceName, contact, now);
    if (contact == Contact.UP) {
      contention.met(peer, now);
    }
    introductions.contact(peer, interfaceName, contact);
    undecided = true;
  }

  /// A peer told what it claims.
  void told(SpeakerClaims claims, Instant now) {
    contention.told(claims, now);
    undecided = true;
  }

  private boolean isAnswered(IpAddress address) {
    return active.placements().get(address) instanceof Placement.Answered;
  }

  private void tellAgain(IpAddress address, Instant now) {
    if (active.placements().get(address)
        instanceof Placement.Answered(SortedSet<String> interfaces)) {
      interfaces.forEach(name -> schedule.again(new GratuitousSchedule.Target(name, address), now));
    }
  }

  /// How the polls of a peer do.
  void channel(NodeName peer, Channel channel, Instant now) {
    contention.channel(peer, channel, now);
    undecided = true;
  }

  /// See [Ownership#cutOff].
  void cutOff(boolean cutOff, Instant now) {
    ownership.cutOff(cutOff, now);
    undecided = true;
  }

  /// Hands everything over; [#mayExit] tells when that is done.
  void leave(Instant now) {
    ownership.leave(now);
    decide(now);
  }

  boolean mayExit() {
    return mayExit;
  }

  /// When [#tick] has something to do again.
  Optional<Instant> nextDue() {
    if (undecided) {
      return Optional.of(Instant.MIN);
    }
    Optional<Instant> decided = earlier(decisionDue, introductions.nextDue());
    Optional<Instant> toTell = earlier(schedule.nextDue(), contention.nextDue());
    return earlier(earlier(toTell, watch.nextDue()), decided);
  }

  private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
    return one.isPresent() && (other.isEmpty() || one.get().isBefore(other.get())) ? one : other;
  }

  /// Stops answering everywhere. Nothing is sent: the node that takes over tells the neighbours.
  void withdrawAll() {
    int answered = active.answered().size();
    watch.end();
    links
        .open()
        .forEach(captured -> captured.openLink().answerFrom(ActiveSet.EMPTY, SnapshotMap.empty()));
    links.close();
    active = ActiveSet.EMPTY;
    LOG.info("layer 2: stopped answering for {} addresses", answered);
  }

  private void sendDue(Instant now) {
    for (GratuitousSchedule.Round round : schedule.takeDue(now)) {
      GratuitousSchedule.Target target = round.target();
      Optional<Links.Captured> captured = links.open(target.interfaceName());
      if (captured.isPresent()) {
        switch (sendRound(captured.get(), target.address(), round.extent())) {
          case TAKEN -> listener.gratuitous(target.address(), now);
          case REFUSED -> {}
          // From the beginning, at the next tick: what the neighbours learned meanwhile is not
          // known.
          case FENCED -> schedule.start(target, now);
        }
      }
    }
    boolean pending = schedule.nextDue().isPresent();
    if (telling && !pending) {
      listener.gratuitousOver();
    }
    telling = pending;
  }

  private OpenLink.Round sendRound(
      Links.Captured captured, IpAddress address, GratuitousSchedule.Extent extent) {
    OpenLink openLink = captured.openLink();
    OpenLink.Round sent = openLink.sendRound(captured.segment(), address, extent);
    if (sent == OpenLink.Round.REFUSED) {
      log.notSent(new GratuitousSchedule.Target(openLink.link().name(), address));
    }
    return sent;
  }

  private void place(Instant now) {
    if (desired.isEmpty()) {
      listener.changed(desired, active, links.links());
      return;
    }
    DesiredState state = desired.get();
    reach = ActiveSet.reach(state, links.views());
    fence.atWork();
    watchPeers(state);
    fence.atWork();
    passGates(state, now);
  }

  private void passGates(DesiredState state, Instant now) {
    gates = Decisions.gates(state, gatesByPort);
    SortedMap<IpAddress, Ability> abilities = Decisions.abilities(reach, gates, standings);
    fence.atWork();
    ownership.abilities(abilities, now);
    placeAnew = true;
    decide(now);
  }

  private void watchPeers(DesiredState state) {
    SortedSet<NodeName> peers = WatchGraph.of(self, contests.members(), contests);
    SortedSet<LivenessTarget> targets = LivenessTargets.of(state.members(), peers, links.links());
    SortedSet<WatchedPeer> apis = Decisions.apis(state, ownership.watched());
    introductions.follow(targets, state.members());
    if (!targets.equals(sessions) || !apis.equals(watched)) {
      sessions = targets;
      watched = apis;
      listener.watch(targets, apis);
    }
  }

  /// Lets ownership decide, and brings that in force.
  private void decide(Instant now) {
    Outcome outcome = ownership.advance(now);
    undecided = false;
    decisionDue = outcome.nextDue();
    mayExit = outcome.mayExit();
    if (desired.isPresent() && (placeAnew || !outcome.standings().equals(standings))) {
      SnapshotMap<IpAddress, Placement> placements = placements(outcome.standings());
      placeAnew = false;
      standings = outcome.standings();
      listener.decided(standings);
      putInForce(ActiveSet.of(placements, links.views()), now);
    }
    // After the tables: who hears that this node holds an address may stop answering for it.
    if (!told.equals(Optional.of(outcome.claims()))) {
      told = Optional.of(outcome.claims());
      listener.claims(desired, outcome.claims());
    }
    fence.slowly(outcome.probesToEnd(), watch::cancelTakeOver);
    fence.slowly(outcome.probesToBegin(), address -> watch.takeOver(address, now));
    answerAndWatch();
  }

  /// What is done with each address; shares with what is in force what does not change.
  private SnapshotMap<IpAddress, Placement> placements(SnapshotMap<IpAddress, Standing> decided) {
    Placements next = new Placements(active.placements());
    if (placeAnew) {
      fence.slowly(
          active.placements().keySet(),
          address -> {
            if (!reach.containsKey(address)) {
              next.all = next.all.without(address);
            }
          });
      fence.slowly(
          reach.entrySet(), entry -> next.place(entry.getKey(), entry.getValue(), decided));
    } else {
      fence.slowly(
          decided.changesSince(standings),
          change -> {
            Placement possible = reach.get(change.key());
            if (possible != null) {
              next.place(change.key(), possible, decided);
            }
          });
    }
    return next.all;
  }

  /// In the making.
  private final class Placements {
    private SnapshotMap<IpAddress, Placement> all;

    Placements(SnapshotMap<IpAddress, Placement> all) {
      this.all = all;
    }

    void place(IpAddress address, Placement possible, SnapshotMap<IpAddress, Standing> decided) {
      Gate gate = gates.getOrDefault(address, Gate.OPEN);
      Placement now = Decisions.placed(decided.find(address), possible, gate);
      if (!now.equals(all.get(address))) {
        all = all.with(address, now);
      }
    }
  }

  private void putInForce(ActiveSet next, Instant now) {
    fence.atWork();
    List<Change> changes = AnnouncementDiff.between(active, next);
    active = next;
    fillTables();
    fence.atWork();
    fence.slowly(changes, change -> schedule(change, now));
    sendDue(now);
    fence.atWork();
    log.placed(active, now);
    listener.changed(desired, active, links.links());
  }

  private void schedule(Change change, Instant now) {
    GratuitousSchedule.Target target =
        new GratuitousSchedule.Target(change.interfaceName(), change.address());
    switch (change) {
      case Change.Withdraw _ -> {
        schedule.stop(target);
        contention.released(change.address());
        watch.released(change.address());
      }
      case Change.Announce _, Change.Refresh _ -> schedule.start(target, now);
    }
  }

  /// Follows a change of what is probed.
  private void answerAndWatch() {
    SnapshotMap<IpAddress, Boolean> wanted = watch.watched();
    if (!wanted.equals(probed)) {
      probed = wanted;
      fillTables();
    }
  }

  private void fillTables() {
    for (Links.Captured captured : links.open()) {
      fence.atWork();
      switch (captured.openLink().answerFrom(active, probed)) {
        case SAME -> {}
        case ANSWERS -> captured.segment().expect(captured.openLink().table());
        case WATCHES -> {
          captured.segment().expect(captured.openLink().table());
          join(captured);
        }
      }
    }
  }

  private void join(Links.Captured captured) {
    OpenLink openLink = captured.openLink();
    Optional<String> problem = captured.segment().join(openLink.watchedIpv6());
    openLink.joined(problem.isEmpty());
    log.joined(openLink.link(), problem);
  }

  /// What watching over the segments needs of the links.
  private final class FromWatch implements SegmentWatch.Surroundings {

    @Override
    public List<Link> reaching(IpAddress address) {
      return links.reaching(address);
    }

    @Override
    public boolean isBehindRefused(IpAddress address) {
      return links.isBehindRefused(address);
    }

    @Override
    public boolean isAnnounced(IpAddress address) {
      return isAnswered(address);
    }

    @Override
    public List<IpAddress> announced() {
      return List.copyOf(active.answered());
    }

    @Override
    public boolean send(String interfaceName, EthernetFrame frame) {
      return links.send(interfaceName, frame);
    }

    @Override
    public boolean isOwn(MacAddress mac) {
      return links.open().stream()
          .anyMatch(captured -> captured.openLink().link().macAddress().equals(mac));
    }

    @Override
    public void defend(IpAddress address) {
      if (active.placements().get(address)
          instanceof Placement.Answered(SortedSet<String> interfaces)) {
        for (String name : interfaces) {
          links
              .open(name)
              .ifPresent(captured -> sendRound(captured, address, GratuitousSchedule.Extent.WHOLE));
        }
      }
    }

    @Override
    public void conflicts(SortedMap<IpAddress, Conflict> conflicts) {
      listener.conflicts(conflicts);
    }
  }
}
