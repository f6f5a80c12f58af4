// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// One node of the simulated world.
final class SimNode {

  final NodeName name;
  int group;
  boolean sends = true;
  boolean receives = true;
  boolean managed = true;
  boolean stopped;
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

  SimNode(World world, int index) {
    this.world = world;
    this.name = new NodeName("n" + index);
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
    started = world.now;
    sequence = 0;
    stopped = false;
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
    fresh.begin(start, world.instant());
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
    machine = Optional.empty();
    outcome = Optional.empty();
  }

  void stop() {
    stopped = alive();
  }

  /// The process goes on and finds that it stood still.
  void resume() {
    if (stopped && alive()) {
      stopped = false;
      lastHeard.replaceAll((peer, when) -> world.now);
      machine.get().paused(world.instant());
    }
  }

  void leave() {
    machine.ifPresent(ownership -> ownership.leave(world.instant()));
  }

  /// The reconciler's push.
  void receive(Contests contests) {
    boolean newer =
        applied.isEmpty()
            || applied.get().origin() == Origin.DISK
            || applied.get().stored().get().compareTo(contests.stored().get()) < 0;
    if (runs() && newer) {
      disk = Optional.of(contests);
      apply(contests);
    }
  }

  private void apply(Contests contests) {
    applied = Optional.of(contests);
    machine.orElseThrow().desired(contests, world.instant());
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
    machine.orElseThrow().abilities(abilities, world.instant());
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
      if (world.carries(peer, this)) {
        firstHeard.putIfAbsent(peer, world.now);
        lastHeard.put(peer, world.now);
      }
      boolean fresh = world.now - lastHeard.getOrDefault(peer, -1_000L) < World.DETECTION;
      if (!fresh) {
        firstHeard.remove(peer);
      }
      // A peer that began anew says Down first.
      boolean sameRun = !peer.runs() || runSeen.getOrDefault(peer, 0) == peer.run;
      if (world.carries(peer, this)) {
        runSeen.put(peer, peer.run);
      }
      boolean both = fresh && sameRun && (!peer.runs() || peer.firstHeard.containsKey(this));
      boolean settled = both && world.now - firstHeard.getOrDefault(peer, world.now) >= 200;
      Contact before = contacts.get(peer);
      if (before == Contact.UP && !both) {
        told(peer, Contact.DOWN);
      } else if (before != Contact.UP && settled && world.carries(peer, this)) {
        told(peer, Contact.UP);
      }
    }
  }

  private void told(SimNode peer, Contact contact) {
    contacts.put(peer, contact);
    machine.orElseThrow().contact(peer.name, World.LINK, contact, world.instant());
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
    if (!shut.equals(shutSeen) || !doubted.equals(doubtedSeen)) {
      gates();
    }
    for (SimNode peer : world.nodes) {
      if (peer != this) {
        poll(peer);
      }
    }
  }

  private void poll(SimNode peer) {
    boolean reached = world.managed(this, peer);
    if (reached && !peer.alive()) {
      sent.remove(peer);
      channel(peer, Channel.REFUSED);
    } else if (reached && peer.runs() && peer.outcome.isPresent()) {
      lastOpen.put(peer, world.now);
      String mark = peer.run + "/" + peer.sequence;
      channel(peer, Channel.OPEN);
      if (!mark.equals(sent.put(peer, mark))) {
        deliver(peer);
      }
    } else if (world.now - lastOpen.getOrDefault(peer, 0L) >= 1_000) {
      sent.remove(peer);
      channel(peer, Channel.SILENT);
    }
  }

  private void channel(SimNode peer, Channel channel) {
    if (channels.put(peer, channel) != channel) {
      machine.orElseThrow().channel(peer.name, channel, world.instant());
    }
  }

  private void deliver(SimNode peer) {
    PeerClaims content = peer.claims();
    int mine = run;
    world.later(
        1 + world.random.nextInt(20),
        () -> {
          if (run == mine && runs() && peer.alive() && world.managed(this, peer)) {
            machine.orElseThrow().told(content, world.instant());
          } else {
            sent.remove(peer);
          }
        });
  }

  private PeerClaims claims() {
    ClaimsContent content = outcome.orElseThrow().claims();
    Optional<Generation> stored = applied.flatMap(Contests::stored);
    return new PeerClaims(
        name,
        "run" + run,
        sequence,
        stored,
        content.presence(),
        content.claims(),
        content.unable(),
        content.contacts(),
        applied.map(contests -> new TreeSet<>(contests.byAddress().keySet())));
  }

  void advance() {
    if (!runs()) {
      return;
    }
    Ownership ownership = machine.orElseThrow();
    Optional<ClaimsContent> before = outcome.map(Outcome::claims);
    Outcome after = ownership.advance(world.instant());
    outcome = Optional.of(after);
    if (before.isEmpty() || !before.get().equals(after.claims())) {
      sequence++;
    }
    int mine = run;
    for (IpAddress address : after.probesToBegin()) {
      world.later(60, () -> probed(mine, address));
    }
    if (after.mayExit()) {
      kill();
    }
  }

  private void probed(int mine, IpAddress address) {
    if (run != mine || !runs()) {
      if (run == mine && alive()) {
        world.later(World.STEP, () -> probed(mine, address));
      }
      return;
    }
    TreeSet<NodeName> members = new TreeSet<>();
    for (SimNode peer : world.nodes) {
      if (peer != this
          && peer.answers(address)
          && world.carries(this, peer)
          && world.carries(peer, this)) {
        members.add(peer.name);
      }
    }
    machine
        .orElseThrow()
        .probed(address, new ProbeOutcome(members, new TreeSet<>()), world.instant());
  }

  SortedMap<IpAddress, Standing> standings() {
    return outcome.map(Outcome::standings).orElseGet(TreeMap::new);
  }

  @Override
  public String toString() {
    return name.value();
  }
}
