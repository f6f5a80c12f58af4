// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  private final OwnershipSettings settings;
  private final Map<NodeName, Peer> peers = new TreeMap<>();
  private final Map<IpAddress, Seat> seats = new HashMap<>();
  private final Map<NodeName, Set<IpAddress>> byCandidate = new HashMap<>();
  private final Set<IpAddress> dirty = new HashSet<>();
  private final TreeMap<Instant, Set<IpAddress>> timers = new TreeMap<>();
  private final TreeMap<IpAddress, Standing> standings = new TreeMap<>();
  private final StartGate gate;
  private final Decision decision;
  private Contests state =
      new Contests(Optional.empty(), Origin.DISK, new TreeMap<>(), new TreeSet<>());
  private final NodeName self;
  private boolean leaving;
  private boolean changed = true;
  private Optional<Outcome> last = Optional.empty();

  public Ownership(NodeName self, OwnershipSettings settings) {
    this.self = self;
    this.settings = settings;
    this.gate = new StartGate(settings, peers);
    this.decision = new Decision(self, settings, peers, gate, this::wake);
  }

  /// The first call.
  public void begin(Start start, Instant now) {
    gate.begin(start, now);
    timers.computeIfAbsent(gate.heardAt(), key -> new HashSet<>());
    changed = true;
  }

  /// The whole desired state.
  public void desired(Contests contests, Instant now) {
    state = contests;
    Set<NodeName> watched = WatchGraph.of(self, contests.members(), contests);
    peers.keySet().retainAll(watched);
    watched.forEach(node -> peers.computeIfAbsent(node, key -> new Peer(key, now)));
    seats.keySet().retainAll(contests.byAddress().keySet());
    standings.keySet().retainAll(contests.byAddress().keySet());
    byCandidate.clear();
    contests
        .byAddress()
        .forEach(
            (address, contest) -> {
              Seat seat = seats.computeIfAbsent(address, key -> seat(key, contest));
              seat.contest = contest;
              seat.claims.keySet().retainAll(watched);
              contest
                  .candidates()
                  .forEach(
                      node ->
                          byCandidate.computeIfAbsent(node, key -> new HashSet<>()).add(address));
            });
    all();
    wakeAll(gate.heardAt(), now);
    wakeAll(now.plus(settings.contactGrace()), now);
    if (gate.cold(contests.origin())) {
      wakeAll(gate.lonelyUntil(), now);
    }
  }

  private Seat seat(IpAddress address, Contest contest) {
    Seat seat = new Seat(address, contest, settings.probeAgain());
    peers
        .values()
        .forEach(
            peer -> {
              Claim claim = peer.claims().get(address);
              if (claim != null) {
                seat.heard(peer.node, claim);
              }
            });
    return seat;
  }

  /// The whole set of what this node can answer for.
  public void abilities(SortedMap<IpAddress, Ability> abilities, Instant now) {
    for (Seat seat : seats.values()) {
      Ability ability =
          abilities.getOrDefault(seat.address, new Ability.Unable("no interface is on its link"));
      if (!ability.equals(seat.ability)) {
        seat.ability = ability;
        touch(seat.address);
      }
    }
  }

  /// A liveness session came up or went down.
  public void contact(NodeName peer, String interfaceName, Contact contact, Instant now) {
    Peer known = peers.get(peer);
    if (known == null || !known.contact(interfaceName, contact)) {
      return;
    }
    concern(known);
    if (contact == Contact.UP) {
      rise(known);
      // More contacts here may make another's few contacts suspicious.
      peers.values().stream().filter(one -> one.liveInterfaces().isEmpty()).forEach(this::concern);
    }
  }

  /// A peer's claims.
  public void told(PeerClaims claims, Instant now) {
    Peer peer = peers.get(claims.node());
    if (peer == null) {
      return;
    }
    boolean hearing = gate.hearing(now);
    Map<IpAddress, Claim> before = peer.claims();
    Optional<PeerClaims> earlier = peer.told();
    if (!peer.told(claims)) {
      return;
    }
    rise(peer);
    forget(peer, before.keySet());
    peer.claims()
        .forEach(
            (address, claim) -> {
              Seat seat = seats.get(address);
              if (seat != null) {
                seat.heard(peer.node, claim);
                if (!claim.equals(before.get(address))) {
                  touch(address);
                }
              }
            });
    if (hearing || gate.cold(state.origin())) {
      all();
    } else if (!sameBesidesClaims(earlier, claims)) {
      concern(peer);
    }
  }

  private static boolean sameBesidesClaims(Optional<PeerClaims> earlier, PeerClaims now) {
    return earlier.isPresent()
        && earlier.get().presence() == now.presence()
        && earlier.get().unable().equals(now.unable())
        && earlier.get().contacts().equals(now.contacts());
  }

  /// How the long poll of a peer's claims does.
  public void channel(NodeName peer, Channel channel, Instant now) {
    Peer known = peers.get(peer);
    if (known == null) {
      return;
    }
    Map<IpAddress, Claim> before = known.claims();
    boolean hearing = gate.hearing(now);
    if (known.channel(channel)) {
      forget(known, before.keySet());
      concern(known);
      if (hearing) {
        all();
      }
    }
  }

  /// A probe that an outcome asked for is over.
  public void probed(IpAddress address, ProbeOutcome outcome, Instant now) {
    Seat seat = seats.get(address);
    if (seat != null && seat.probing) {
      decision.probed(seat, outcome, now);
      touch(address);
    }
  }

  /// This process stood still for longer than the fence allows.
  public void paused(Instant now) {
    for (Seat seat : seats.values()) {
      if (seat.hold.isPresent()) {
        seat.rechecking = true;
        seat.probing = false;
        touch(seat.address);
      }
    }
  }

  /// This process is to end: hand everything over.
  public void leave(Instant now) {
    leaving = true;
    all();
  }

  /// Decides what is due.
  public Outcome advance(Instant now) {
    while (!timers.isEmpty() && !timers.firstKey().isAfter(now)) {
      dirty.addAll(timers.pollFirstEntry().getValue());
      changed = true;
    }
    if (!changed && last.isPresent()) {
      return last.get();
    }
    SortedSet<IpAddress> probes = new TreeSet<>();
    for (IpAddress address : new ArrayList<>(dirty)) {
      Seat seat = seats.get(address);
      if (seat != null) {
        standings.put(address, decision.decide(seat, state, leaving, now, probes));
      }
    }
    dirty.clear();
    changed = false;
    Outcome outcome = outcome(probes, now);
    // What is asked for once is not asked for again by an idle advance.
    last =
        Optional.of(
            new Outcome(
                outcome.standings(),
                Collections.emptySortedSet(),
                outcome.claims(),
                outcome.nextDue(),
                outcome.mayExit()));
    return outcome;
  }

  private Outcome outcome(SortedSet<IpAddress> probes, Instant now) {
    List<Claim> claims = new ArrayList<>();
    SortedSet<IpAddress> unable = new TreeSet<>();
    for (Map.Entry<IpAddress, Standing> entry : standings.entrySet()) {
      IpAddress address = entry.getKey();
      Seat seat = Objects.requireNonNull(seats.get(address));
      // Who waits after a start is waited for by nobody.
      if (seat.ability.whyNotClaiming().isPresent() || entry.getValue() instanceof Standing.Waiting) {
        unable.add(address);
      }
      seat.hold.ifPresent(hold -> claims.add(claim(seat, hold)));
    }
    SortedMap<String, SortedSet<NodeName>> contacts = new TreeMap<>();
    for (Peer peer : peers.values()) {
      for (String name : peer.liveInterfaces()) {
        contacts.computeIfAbsent(name, key -> new TreeSet<>()).add(peer.node);
      }
    }
    boolean starting = state.members().isEmpty() || gate.hearing(now);
    Presence presence =
        leaving ? Presence.LEAVING : starting ? Presence.STARTING : Presence.PRESENT;
    return new Outcome(
        Collections.unmodifiableSortedMap(new TreeMap<>(standings)),
        probes,
        new ClaimsContent(presence, List.copyOf(claims), unable, contacts),
        timers.isEmpty() ? Optional.empty() : Optional.of(timers.firstKey()),
        leaving && claims.isEmpty());
  }

  private static Claim claim(Seat seat, Seat.Hold hold) {
    ClaimState held = seat.yieldingSince.isPresent() ? ClaimState.YIELDING : ClaimState.HOLDING;
    List<String> interfaces = List.copyOf(hold.interfaces());
    return new Claim(seat.address, hold.term(), hold.turn(), held, interfaces);
  }

  // The peer was heard of: what was concluded from its silence no longer stands.
  private void rise(Peer peer) {
    for (IpAddress address : byCandidate.getOrDefault(peer.node, Set.of())) {
      Objects.requireNonNull(seats.get(address)).buried.remove(peer.node);
    }
    peer.claims().keySet().stream()
        .map(seats::get)
        .filter(seat -> seat != null)
        .forEach(seat -> seat.buried.remove(peer.node));
  }

  private void forget(Peer peer, Collection<IpAddress> before) {
    for (IpAddress address : before) {
      Seat seat = seats.get(address);
      if (seat != null && !peer.claims().containsKey(address)) {
        seat.claims.remove(peer.node);
        touch(address);
      }
    }
  }

  private void concern(Peer peer) {
    changed = true;
    byCandidate.getOrDefault(peer.node, Set.of()).forEach(this::afresh);
    peer.claims().keySet().forEach(this::afresh);
  }

  private void afresh(IpAddress address) {
    Seat seat = seats.get(address);
    if (seat != null) {
      seat.probePause = settings.probeAgain();
      seat.probeNotBefore = Instant.MIN;
      dirty.add(address);
    }
  }

  private void touch(IpAddress address) {
    dirty.add(address);
    changed = true;
  }

  private void all() {
    dirty.addAll(seats.keySet());
    changed = true;
  }

  private void wake(IpAddress address, Instant when) {
    timers.computeIfAbsent(when, key -> new HashSet<>()).add(address);
  }

  private void wakeAll(Instant when, Instant now) {
    if (when.isAfter(now)) {
      timers.computeIfAbsent(when, key -> new HashSet<>()).addAll(seats.keySet());
    }
  }
}
