// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One node of the simulated world.
final class SimNode {

  // When the rounds of announcements go out, in ms after the take-over.
  private static final List<Integer> ROUNDS = List.of(0, 100, 500, 1_100, 2_200, 3_300, 4_400);

  // When the frames of a probe go out, in ms.
  private static final List<Integer> PROBES = List.of(0, 20, 40);

  final NodeName name;
  int group;
  boolean sends = true;
  boolean receives = true;
  boolean managed = true;
  boolean stopped;
  boolean leaving;

  /// It lives, and nobody gets a connection to its API.
  boolean refuses;

  /// Neither does it get one to another's.
  boolean refused;

  long started;
  final Set<IpAddress> shut = new HashSet<>();
  final Set<IpAddress> doubted = new HashSet<>();
  Optional<Contests> disk = Optional.empty();
  Optional<Outcome> outcome = Optional.empty();
  private final World world;
  private Optional<Ownership> machine = Optional.empty();
  private int run;
  private long sequence;
  private final Map<SimNode, Long> lastHeard = new HashMap<>();
  private final Map<SimNode, Integer> runSeen = new HashMap<>();
  private final Map<SimNode, Long> firstHeard = new HashMap<>();
  private final Map<SimNode, Contact> contacts = new HashMap<>();
  private final Map<SimNode, Channel> channels = new HashMap<>();
  private final Map<SimNode, Long> lastOpen = new HashMap<>();
  private final Map<SimNode, String> sent = new HashMap<>();
  private Set<IpAddress> shutSeen = new HashSet<>();
  private Set<IpAddress> doubtedSeen = new HashSet<>();
  private Optional<Contests> applied = Optional.empty();
  // Peer → the state of which it told all addresses last (1:1).
  private final Map<SimNode, Optional<Generation>> knownOf = new HashMap<>();
  // Address → the probe that runs (1:1).
  private final Map<IpAddress, Probe> probes = new HashMap<>();
  private long clockOffset;

  /// How far the time of day is off, in ms.
  long wallOffset;

  /// When anything changed last that others may have to do with: its process, its management link.
  long changed;

  /// Since when it has its state.
  long stateSince;

  private Set<NodeName> watched = Set.of();
  private boolean cold;
  private long stampedAt = Long.MIN_VALUE;
  private long storedAt;

  /// Who was heard during a probe.
  private static final class Probe {
    private final SortedSet<NodeName> members = new TreeSet<>();
    private final SortedSet<NodeName> probers = new TreeSet<>();
  }

  SimNode(World world, int index) {
    this.world = world;
    this.name = new NodeName("n" + index);
  }

  /// Monotonic, with another origin in each run: nobody may compare those of two.
  private Instant clock() {
    return Instant.EPOCH.plusMillis(world.now + clockOffset);
  }

  private long wall() {
    return world.now + wallOffset;
  }

  /// Starts as a real one would judge it from its stamp and from the time of day.
  ///
  /// @param aged how much older the state is than it was stored here
  Start start(boolean sameBoot, Duration aged) {
    Optional<Duration> absence =
        sameBoot && stampedAt != Long.MIN_VALUE
            ? Optional.of(Duration.ofMillis(wall() - stampedAt))
            : Optional.empty();
    Start how = Start.of(absence, Duration.ofMillis(wall() - storedAt).plus(aged));
    start(disk.isPresent() ? how : new Start.Fresh());
    return how;
  }

  /// Whether it runs on what it had on disk when it was started cold.
  boolean onOldState() {
    return cold && applied.filter(state -> state.origin() == Origin.DISK).isPresent();
  }

  /// The state that it goes by.
  Optional<Contests> state() {
    return applied;
  }

  void manage(boolean now) {
    managed = now;
    changed = world.now;
  }

  boolean alive() {
    return machine.isPresent();
  }

  /// It may answer for everything, as far as its gate goes.
  boolean ungated() {
    return shut.isEmpty() && doubted.isEmpty();
  }

  boolean runs() {
    return alive() && !stopped;
  }

  boolean answers(IpAddress address) {
    return runs()
        && outcome.isPresent()
        && (outcome.get().standings().get(address) instanceof Standing.Holding
            || outcome.get().standings().get(address) instanceof Standing.Yielding);
  }

  void start(Start start) {
    run++;
    cold = start instanceof Start.Cold;
    changed = world.now;
    clockOffset = world.random.nextLong(-1_000_000_000L, 1_000_000_000L);
    watched = Set.of();
    probes.clear();
    knownOf.clear();
    started = world.now;
    sequence = 0;
    stopped = false;
    leaving = false;
    contacts.clear();
    channels.clear();
    lastOpen.clear();
    lastHeard.clear();
    firstHeard.clear();
    sent.clear();
    outcome = Optional.empty();
    applied = Optional.empty();
    shutSeen = new HashSet<>();
    Ownership fresh = new Ownership(name, World.settings());
    machine = Optional.of(fresh);
    fresh.begin(start, clock());
    if (!(start instanceof Start.Fresh)) {
      disk.ifPresent(
          old -> {
            Contests loaded =
                new Contests(old.stored(), Origin.DISK, old.byAddress(), old.members());
            apply(loaded);
          });
    }
  }

  void kill() {
    changed = world.now;
    machine = Optional.empty();
    outcome = Optional.empty();
  }

  void stop() {
    changed = world.now;
    stopped = alive();
  }

  /// The process goes on and finds that it stood still.
  void resume() {
    if (stopped && alive()) {
      stopped = false;
      changed = world.now;
      lastHeard.replaceAll((peer, when) -> world.now);
      machine.get().paused(clock());
    }
  }

  void leave() {
    leaving = alive();
    machine.ifPresent(ownership -> ownership.leave(clock()));
  }

  /// The reconciler's push.
  void receive(Contests contests) {
    boolean newer =
        applied.isEmpty()
            || applied.get().origin() == Origin.DISK
            || applied.get().stored().get().compareTo(contests.stored().get()) < 0;
    if (runs() && newer) {
      disk = Optional.of(contests);
      storedAt = wall();
      apply(contests);
    }
  }

  private void apply(Contests contests) {
    applied = Optional.of(contests);
    stateSince = world.now;
    Set<NodeName> before = watched;
    watched = WatchGraph.of(name, contests.members(), contests);
    for (SimNode peer : world.nodes) {
      if (!before.contains(peer.name) || !watched.contains(peer.name)) {
        contacts.remove(peer);
        channels.remove(peer);
        lastOpen.remove(peer);
        sent.remove(peer);
        firstHeard.remove(peer);
      }
    }
    machine.orElseThrow().desired(contests, clock());
    gates();
  }

  private void gates() {
    TreeMap<IpAddress, Ability> abilities = new TreeMap<>();
    TreeSet<String> link = new TreeSet<>(Set.of(World.LINK));
    applied.ifPresent(
        contests ->
            contests
                .byAddress()
                .keySet()
                .forEach(
                    address ->
                        abilities.put(
                            address,
                            shut.contains(address)
                                ? new Ability.Unable("gate")
                                : doubted.contains(address)
                                    ? new Ability.Doubtful(link, "gate")
                                    : new Ability.Able(link))));
    shutSeen = new HashSet<>(shut);
    doubtedSeen = new HashSet<>(doubted);
    machine.orElseThrow().abilities(abilities, clock());
  }

  /// BFD, in short: down together after the detection time, up together when both hear.
  void liveness() {
    if (!runs()) {
      return;
    }
    for (SimNode peer : world.nodes) {
      if (peer == this) {
        continue;
      }
      if (world.carriesLiveness(peer, this)) {
        firstHeard.putIfAbsent(peer, world.now);
        lastHeard.put(peer, world.now);
      }
      boolean fresh = world.now - lastHeard.getOrDefault(peer, -1_000L) < World.DETECTION;
      if (!fresh) {
        firstHeard.remove(peer);
      }
      // A peer that began anew says Down first.
      boolean sameRun = !peer.runs() || runSeen.getOrDefault(peer, 0) == peer.run;
      if (world.carriesLiveness(peer, this)) {
        runSeen.put(peer, peer.run);
      }
      boolean session = watched.contains(peer.name) && peer.watched.contains(name);
      boolean both =
          session && fresh && sameRun && (!peer.runs() || peer.firstHeard.containsKey(this));
      boolean settled = both && world.now - firstHeard.getOrDefault(peer, world.now) >= 200;
      Contact before = contacts.get(peer);
      // What a session is that hears the other one say that it is down.
      Contact less = session && fresh && peer.runs() ? Contact.HEARD : Contact.DOWN;
      boolean news = before == null ? less == Contact.HEARD : before != less;
      if (before == Contact.UP ? !both : !settled && news) {
        told(peer, less);
      } else if (before != Contact.UP && settled && world.carriesLiveness(peer, this)) {
        told(peer, Contact.UP);
      }
    }
  }

  /// A client asks for everything.
  void asked() {
    boolean answers =
        applied.stream().flatMap(one -> one.byAddress().keySet().stream()).anyMatch(this::answers);
    if (runs() && receives && answers) {
      machine.orElseThrow().asked(World.LINK, clock());
    }
  }

  private void told(SimNode peer, Contact contact) {
    contacts.put(peer, contact);
    machine.orElseThrow().contact(peer.name, World.LINK, contact, clock());
  }

  void channels() {
    if (!runs()) {
      return;
    }
    if (world.reconciler
        && managed
        && applied
            .map(Contests::stored)
            .map(
                mine ->
                    applied.get().origin() == Origin.DISK || !mine.equals(world.desired.stored()))
            .orElse(true)
        && world.random.nextInt(20) == 0) {
      receive(world.desired);
    }
    if (world.now % 5_000 == 0) {
      stampedAt = wall();
    }
    if (!shut.equals(shutSeen) || !doubted.equals(doubtedSeen)) {
      gates();
    }
    for (SimNode peer : world.nodes) {
      if (peer != this && watched.contains(peer.name)) {
        poll(peer);
      }
    }
  }

  private void poll(SimNode peer) {
    boolean reached = world.managed(this, peer);
    if (reached && (!peer.alive() || peer.refuses || refused || world.filtered)) {
      sent.remove(peer);
      channel(peer, Channel.REFUSED);
    } else if (reached && peer.runs() && peer.outcome.isPresent()) {
      lastOpen.put(peer, world.now);
      String mark = peer.run + "/" + peer.sequence;
      boolean opened = channels.get(peer) != Channel.OPEN || !sent.containsKey(peer);
      if (!mark.equals(sent.put(peer, mark))) {
        deliver(peer, opened);
      }
    } else if (world.now - lastOpen.getOrDefault(peer, 0L) >= 1_000) {
      sent.remove(peer);
      channel(peer, Channel.SILENT);
    }
  }

  private void channel(SimNode peer, Channel channel) {
    if (channels.put(peer, channel) != channel) {
      machine.orElseThrow().channel(peer.name, channel, clock());
    }
  }

  private void deliver(SimNode peer, boolean opened) {
    boolean ask =
        opened || (onDisk() && !peer.state().flatMap(Contests::stored).equals(knownOf.get(peer)));
    SpeakerClaims content = peer.claims(ask);
    if (ask) {
      knownOf.put(peer, content.stored());
    }
    int mine = run;
    world.later(
        1 + world.random.nextInt(20),
        () -> {
          if (run == mine
              && runs()
              && peer.alive()
              && !peer.refuses
              && !refused
              && !world.filtered
              && world.managed(this, peer)) {
            machine.orElseThrow().told(content, clock());
            channel(peer, Channel.OPEN);
          } else {
            sent.remove(peer);
          }
        });
  }

  private boolean onDisk() {
    return applied.filter(state -> state.origin() == Origin.DISK).isPresent();
  }

  private SpeakerClaims claims(boolean withKnown) {
    Optional<Generation> stored = applied.flatMap(Contests::stored);
    SpeakerClaims before =
        new SpeakerClaims(
            name,
            "run" + run,
            sequence,
            stored,
            SpeakerClaims.Presence.STARTING,
            List.of(),
            new TreeSet<>(),
            new TreeMap<>(),
            Optional.empty());
    SpeakerClaims told = outcome.orElseThrow().claims().after(before, stored);
    return new SpeakerClaims(
        name,
        told.bootId(),
        sequence,
        stored,
        told.presence(),
        told.claims(),
        told.unable(),
        told.contacts(),
        withKnown
            ? Optional.of(
                applied.map(one -> new TreeSet<>(one.byAddress().keySet())).orElseGet(TreeSet::new))
            : Optional.empty());
  }

  void advance() {
    if (!runs()) {
      return;
    }
    Ownership ownership = machine.orElseThrow();
    Optional<ClaimsContent> before = outcome.map(Outcome::claims);
    Outcome after = ownership.advance(clock());
    outcome = Optional.of(after);
    if (before.isEmpty() || !before.get().equals(after.claims())) {
      sequence++;
    }
    after.probesToEnd().forEach(address -> probes.remove(address));
    for (IpAddress address : after.probesToBegin()) {
      Probe probe = new Probe();
      probes.put(address, probe);
      PROBES.forEach(delay -> world.later(delay, () -> ask(probe, address)));
      world.later(60, () -> probed(probe, address));
    }
    announce(before, after.claims());
    if (after.mayExit()) {
      kill();
    }
  }

  // Announcements of what is newly held go to everybody on the segment, in rounds.
  private void announce(Optional<ClaimsContent> before, ClaimsContent after) {
    for (IpAddress address : after.claims().keySet()) {
      if (before.isEmpty() || !before.get().claims().containsKey(address)) {
        int mine = run;
        ROUNDS.forEach(delay -> world.later(delay, () -> round(mine, address)));
      }
    }
  }

  private void round(int mine, IpAddress address) {
    if (run != mine || !answers(address)) {
      return;
    }
    for (SimNode peer : heardBy()) {
      Probe probe = peer.probes.get(address);
      if (probe != null) {
        probe.members.add(name);
      }
      if (peer.answers(address)) {
        peer.machine.orElseThrow().sighted(address, name, peer.clock());
        peer.watched = peer.machine.orElseThrow().watched();
      }
    }
  }

  private List<SimNode> heardBy() {
    return world.nodes.stream()
        .filter(peer -> peer != this && peer.runs() && world.carries(this, peer))
        .toList();
  }

  private void ask(Probe probe, IpAddress address) {
    if (probes.get(address) != probe || !runs()) {
      return;
    }
    for (SimNode peer : heardBy()) {
      if (peer.answers(address) && world.carries(peer, this)) {
        probe.members.add(peer.name);
      }
      Probe other = peer.probes.get(address);
      if (other != null) {
        other.probers.add(name);
      }
    }
  }

  private void probed(Probe probe, IpAddress address) {
    if (probes.get(address) != probe) {
      return;
    }
    if (!runs()) {
      if (alive()) {
        // What came meanwhile is lost.
        probe.members.clear();
        probe.probers.clear();
        world.later(World.STEP, () -> probed(probe, address));
      }
      return;
    }
    probes.remove(address);
    probe.probers.removeAll(probe.members);
    machine
        .orElseThrow()
        .probed(address, new ProbeOutcome(probe.members, probe.probers, new TreeSet<>()), clock());
  }

  SnapshotMap<IpAddress, Standing> standings() {
    return outcome.map(Outcome::standings).orElseGet(SnapshotMap::empty);
  }

  @Override
  public String toString() {
    return name.value();
  }
}
