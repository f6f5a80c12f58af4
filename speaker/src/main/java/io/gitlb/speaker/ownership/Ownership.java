// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Decides who holds each address. All calls come from one thread.
///
/// A call only notes what it concerns; `advance` decides for those addresses and no others.
public final class Ownership {

  /// What is seen on the segment leads to a recheck at most this often for an address.
  private static final Duration RECHECK_PAUSE = Duration.ofMillis(300);

  // Beyond a full mesh; who forges the hardware addresses of members must not have all polled.
  private static final int MOST_MET = 16;

  private final NodeName self;
  private final OwnershipSettings settings;
  private final Roster roster = new Roster();
  private final Agenda agenda = new Agenda();
  private final Register register = new Register();
  private final Slices slices;
  private final Seats seats;
  private final StartGate gate;
  private final Outdated outdated;
  private final LifeSigns signs;
  private final Decision decision;
  private Contests state =
      new Contests(Optional.empty(), Origin.DISK, new TreeMap<>(), new TreeSet<>());
  // Members that the watch graph leaves out, and that answer for what is held here.
  private final TreeSet<NodeName> met = new TreeSet<>();
  private boolean leaving;
  private Optional<Outcome> last = Optional.empty();

  /// @param self this node
  public Ownership(NodeName self, OwnershipSettings settings) {
    this(self, settings, () -> {});
  }

  /// @param self this node
  /// @param between done again and again in a call that works on many addresses
  public Ownership(NodeName self, OwnershipSettings settings, Runnable between) {
    this.self = self;
    this.settings = settings;
    this.slices = new Slices(between);
    this.seats = new Seats(settings.probeAgain(), roster, agenda, slices);
    this.gate = new StartGate(settings, roster);
    this.outdated = new Outdated(roster, seats, agenda);
    this.signs = new LifeSigns(settings.detection(), roster, seats);
    this.decision = new Decision(self, settings, roster, gate, outdated, agenda);
  }

  /// The first call.
  public void begin(Start start, Instant now) {
    gate.begin(start, now);
    agenda.lookAt(gate.heardAt(), List.of());
    agenda.news();
  }

  /// The whole desired state.
  public void desired(Contests contests, Instant now) {
    seats.all().forEach(seat -> seat.lacking = Optional.empty());
    state = contests;
    met.removeIf(member -> !isInTheWay(member));
    Set<NodeName> watched = watched();
    roster.watch(watched, now);
    seats.follow(contests, watched);
    register.retain(contests.byAddress().keySet());
    agenda.look(seats.addresses());
    lookAgain(gate.heardAt(), now);
    lookAgain(now.plus(settings.contactGrace()), now);
    if (gate.cold(contests.origin())) {
      lookAgain(gate.lonelyUntil(), now);
    }
  }

  // Whether it is a member and may answer still for what is held here.
  private boolean isInTheWay(NodeName member) {
    return state.members().contains(member)
        && seats.all().stream()
            .filter(seat -> state.byAddress().containsKey(seat.address))
            .anyMatch(seat -> seat.isContestedBy(member));
  }

  /// The peers whose claims count: those of the [WatchGraph], and members that were seen to answer
  /// for what is held here. Those may have a list that this node has not got yet.
  public SortedSet<NodeName> watched() {
    SortedSet<NodeName> watched = WatchGraph.of(self, state.members(), state);
    watched.addAll(met);
    return watched;
  }

  private void lookAgain(Instant when, Instant now) {
    if (when.isAfter(now)) {
      agenda.lookAt(when, seats.addresses());
    }
  }

  /// The whole set of what this node can answer for.
  public void abilities(SortedMap<IpAddress, Ability> abilities, Instant now) {
    for (Seat seat : seats.all()) {
      slices.step();
      Ability ability =
          abilities.getOrDefault(seat.address, new Ability.Unable("no interface is on its link"));
      if (!ability.equals(seat.ability)) {
        seat.ability = ability;
        agenda.look(seat.address);
      }
    }
  }

  /// A liveness session came up or went down.
  public void contact(NodeName peer, String interfaceName, Contact contact, Instant now) {
    Peer known = roster.get(peer);
    if (known == null || !roster.contact(known, interfaceName, contact, now)) {
      return;
    }
    seats.concern(known);
    if (contact == Contact.UP) {
      seats.rise(known);
      if (known.survived()) {
        signs.found(known, now);
      }
      // More contacts here may make another's few contacts suspicious.
      roster.all().stream().filter(one -> !one.sessions.isUp()).forEach(seats::concern);
    }
  }

  /// Somebody asked for what this node announces there, and got an answer: where there is contact
  /// with no member, that tells them that this node hears others.
  ///
  /// @param when it did so last
  /// @return whether there is something to decide
  public boolean asked(String interfaceName, Instant when) {
    if (!roster.asked(interfaceName, when)) {
      return false;
    }
    agenda.lookAt(when.plus(Roster.ASKED), List.of());
    agenda.news();
    return true;
  }

  /// A peer's claims.
  public void told(SpeakerClaims claims, Instant now) {
    Peer peer = roster.get(claims.node());
    if (peer == null) {
      return;
    }
    boolean hearing = gate.hearing(now);
    boolean unread = !peer.open();
    Map<IpAddress, SpeakerClaims.Claim> before = peer.claims();
    Optional<SpeakerClaims> earlier = peer.told();
    if (!peer.told(claims)) {
      return;
    }
    seats.rise(peer);
    seats.forget(peer, before.keySet());
    seats.take(peer, before);
    if (hearing || outdated.isCutOff() || gate.cold(state.origin())) {
      agenda.look(seats.addresses());
    } else if (unread || !sameBesidesClaims(earlier, claims)) {
      seats.concern(peer);
    }
  }

  private static boolean sameBesidesClaims(Optional<SpeakerClaims> earlier, SpeakerClaims now) {
    return earlier.isPresent()
        && earlier.get().presence() == now.presence()
        && earlier.get().unable().equals(now.unable())
        && earlier.get().contacts().equals(now.contacts());
  }

  /// How the long poll of a peer's claims does.
  public void channel(NodeName peer, Channel channel, Instant now) {
    Peer known = roster.get(peer);
    if (known == null) {
      return;
    }
    Map<IpAddress, SpeakerClaims.Claim> before = known.claims();
    boolean hearing = gate.hearing(now);
    if (known.channel(channel, now)) {
      seats.forget(known, before.keySet());
      seats.take(known, before);
      seats.concern(known);
      if (channel == Channel.REFUSED) {
        agenda.lookAt(now.plus(settings.detection()), List.of());
      }
      if (hearing) {
        agenda.look(seats.addresses());
      }
    }
  }

  /// A member was seen on the segment to answer for an address: it hears us or not, its frames get
  /// here.
  ///
  /// @return whether there are others in [#watched] now
  public boolean sighted(IpAddress address, NodeName member, Instant now) {
    Seat seat = seats.get(address);
    Peer peer = roster.get(member);
    if (seat == null || seat.hold.isEmpty()) {
      return false;
    }
    if (peer == null) {
      return meet(seat, member, now);
    }
    seat.sighted(member, now);
    boolean mayRecheck = !now.isBefore(seat.recheckNotBefore);
    if (!peer.open() && mayRecheck && seat.contest.candidates().contains(member)) {
      // What it claims cannot be read, so the segment is asked.
      seat.check = seat.check.or(() -> Optional.of(Seat.Check.BY_PLACE));
      seat.recheckNotBefore = now.plus(RECHECK_PAUSE);
    }
    agenda.look(address);
    return false;
  }

  private boolean meet(Seat seat, NodeName member, Instant now) {
    if (!state.members().contains(member) || member.equals(self) || met.size() == MOST_MET) {
      return false;
    }
    met.add(member);
    seat.sighted(member, now);
    roster.watch(watched(), now);
    agenda.news();
    return true;
  }

  /// Whether this node holds an address, means to go on, and comes before a member that holds it
  /// too, as far as this node knows.
  public boolean outranks(IpAddress address, NodeName member) {
    Seat seat = seats.get(address);
    if (seat == null || seat.hold.isEmpty() || seat.rechecking || isYielding(seat)) {
      return false;
    }
    SpeakerClaims.Claim claim = seat.claims.get(member);
    if (claim != null) {
      return !seat.beaten(self, member, claim);
    }
    // One whose claims can be read says that its speaker holds nothing.
    return roster.find(member).filter(Peer::open).isEmpty() && seat.contest.isBefore(self, member);
  }

  private boolean isYielding(Seat seat) {
    return leaving || seat.yieldingSince.isPresent();
  }

  /// A probe that an outcome asked for is over.
  public void probed(IpAddress address, ProbeOutcome outcome, Instant now) {
    Seat seat = seats.get(address);
    if (seat == null || !seat.probing) {
      return;
    }
    if (seat.rechecking && signs.areOld(outcome.members(), seat)) {
      seat.probing = false;
    } else {
      signs.outlived(now);
      signs.answered(outcome.members(), seat, now);
      decision.probed(seat, outcome, now);
    }
    agenda.look(address);
  }

  /// This process stood still for longer than the fence allows: what it held is rechecked, and
  /// probes that ran begin again.
  public void paused(Instant now) {
    for (Seat seat : seats.all()) {
      slices.step();
      seats.endProbe(seat);
      seat.paused();
    }
    roster.all().forEach(peer -> peer.paused(now));
    agenda.lookAt(now.plus(settings.detection()), List.of());
    agenda.look(seats.addresses());
  }

  /// Whether peers have a newer state than this node and the reconciler cannot be asked for one.
  /// While that is so, an address that none of the candidates with a newer state has any more is
  /// not answered for.
  public void cutOff(boolean cutOff, Instant now) {
    if (outdated.cutOff(cutOff)) {
      agenda.look(seats.addresses());
    }
  }

  /// This process is to end: hand everything over.
  public void leave(Instant now) {
    leaving = true;
    agenda.look(seats.addresses());
  }

  /// Decides what is due.
  public Outcome advance(Instant now) {
    if (!agenda.due(now) && last.isPresent()) {
      return last.get();
    }
    signs.outlived(now);
    Moment moment = moment(now);
    for (IpAddress address : agenda.takeDirty()) {
      slices.step();
      Seat seat = seats.get(address);
      if (seat != null) {
        register.put(seat, decision.decide(seat, moment));
      }
    }
    Outcome outcome = outcome(agenda.takeProbesToEnd(), agenda.takeProbesToBegin(), moment);
    // What is asked for once is not asked for again by an idle advance.
    last = Optional.of(outcome(Collections.emptySortedSet(), Collections.emptySortedSet(), moment));
    return outcome;
  }

  private Moment moment(Instant now) {
    return new Moment(state, leaving, now);
  }

  private Outcome outcome(SortedSet<IpAddress> end, SortedSet<IpAddress> begin, Moment moment) {
    return new Outcome(
        register.standings(),
        end,
        begin,
        new ClaimsContent(
            presence(moment.now()),
            register.claims(),
            register.unable(),
            roster.contacts(self, moment.now())),
        agenda.nextDue(),
        leaving && register.claims().isEmpty());
  }

  private SpeakerClaims.Presence presence(Instant now) {
    if (leaving) {
      return SpeakerClaims.Presence.LEAVING;
    }
    return state.members().isEmpty() || gate.hearing(now)
        ? SpeakerClaims.Presence.STARTING
        : SpeakerClaims.Presence.PRESENT;
  }
}
