// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// Random rounds of trouble, judged by an observer that asks every 10 ms.
final class Rounds {

  private static final int ADDRESSES = 4;
  private static final int TICK = 50;
  // From a heal, or any other event: contact is back within this, and a claim is told.
  private static final long TWO_AT_MOST = World.DETECTION + TICK;
  // When an API refuses connections, a probe has to tell, and announcements where the other one
  // reaches nobody.
  private static final long TWO_UNREAD = 500;
  // When liveness packets do not pass either: announcements are looked at once the detection time
  // is over, the next round of them comes after half a second, and who asks asks twice.
  private static final long TWO_FILTERED = 1_000;
  // When one hears the other and is not heard, a moment after a heal does not count.
  private static final long TWO_ONE_WAY = 2 * (World.DETECTION + TICK);
  private static final long NONE_AT_MOST = 1_000;
  // A holder whose gate shuts while nobody can read what it says: silence is noticed within a
  // second, and then it is probed each two seconds.
  private static final long NONE_UNREAD = 4_000;
  // For what is told to be heard.
  private static final long TOLD = 1_200;

  private final long seed;
  private final Random random;
  private final World world;
  private final List<String> story = new ArrayList<>();
  private final Map<IpAddress, Long> two = new HashMap<>();
  private final Map<IpAddress, Long> none = new HashMap<>();
  private long epoch = 1;

  /// @param size nodes; more than 16 do not all watch each other
  Rounds(long seed, int size) {
    this.seed = seed;
    random = new Random(seed);
    world = new World(size, new Random(seed + 1));
    world.clients = seed % 3 != 0;
  }

  void run(int rounds) {
    SortedMap<IpAddress, List<NodeName>> lists = new TreeMap<>();
    for (int i = 0; i < ADDRESSES; i++) {
      lists.put(IpAddress.of("192.0.2." + (10 + i)), shuffled());
    }
    world.desire(lists, epoch);
    world.everybody();
    world.nodes.forEach(node -> node.receive(world.desired));
    world.run(2_500);
    world.observer = seen -> observe();
    for (int round = 0; round < rounds; round++) {
      trouble();
      world.lastEvent = world.now;
      world.run(random.nextBoolean() ? 200 + random.nextInt(400) : 3_500);
    }
    calm();
  }

  private void calm() {
    world.nodes.forEach(this::repair);
    world.lost.clear();
    world.unheard.clear();
    world.filtered = false;
    world.reconciler = true;
    story.add(world.now + " all well");
    world.lastEvent = world.now;
    world.run(6_000);
    for (IpAddress address : world.desired.byAddress().keySet()) {
      if (world.answerers(0, address).size() != 1) {
        fail(address, "in the end answered by " + world.answerers(0, address));
      }
    }
  }

  private void repair(SimNode node) {
    node.group = 0;
    node.sends = true;
    node.receives = true;
    node.refuses = false;
    node.refused = false;
    node.manage(true);
    node.shut.clear();
    node.doubted.clear();
    node.resume();
    if (!node.alive()) {
      node.start(new Start.Warm());
    }
  }

  private List<NodeName> shuffled() {
    List<NodeName> all = new ArrayList<>(world.desired.members());
    Collections.shuffle(all, random);
    return all.subList(0, Math.min(all.size(), 8));
  }

  private SimNode any() {
    return world.nodes.get(random.nextInt(world.nodes.size()));
  }

  private void trouble() {
    SimNode node = any();
    String what =
        switch (random.nextInt(23)) {
          case 0, 1 -> kill(node);
          case 2, 3 -> restart(node);
          case 4 -> stop(node);
          case 5 -> resume(node);
          case 6 -> segment(node, 1);
          case 7 -> management(node, false);
          case 8, 9 -> heal();
          case 10 -> oneWay(node);
          case 11 -> reconciler(false);
          case 12 -> reconciler(true);
          case 13 -> term();
          case 14 -> gate(node);
          case 15 -> clockStep(node);
          case 16 -> giveAway(node);
          case 17 -> lose(node, any());
          case 18 -> dead(node);
          case 19 -> refuse(node);
          case 20 -> filter();
          case 21 -> firewall(node);
          default -> node.alive() ? leave(node) : restart(node);
        };
    story.add(world.now + " " + what);
  }

  private static String kill(SimNode node) {
    node.kill();
    return "kill " + node;
  }

  private String restart(SimNode node) {
    if (node.alive()) {
      node.kill();
    }
    Start how = node.start(random.nextBoolean(), Duration.ofDays(random.nextInt(9)));
    return how + " " + node;
  }

  private String clockStep(SimNode node) {
    node.wallOffset += random.nextBoolean() ? 90_000 : -7_200_000;
    return "clock of " + node + " is off by " + node.wallOffset;
  }

  // Address taken out while a node is down, which returns with its old state.
  private String giveAway(SimNode node) {
    SortedMap<IpAddress, List<NodeName>> lists = world.lists();
    node.kill();
    if (lists.size() > 2) {
      lists.remove(lists.firstKey());
      world.desire(lists, epoch);
    }
    world.run(1_000);
    node.start(false, Duration.ofDays(1));
    return "given away during a death of " + node + ", now " + lists.keySet();
  }

  private String lose(SimNode from, SimNode to) {
    world.lost.add(from + ">" + to);
    return "lost " + from + ">" + to;
  }

  private String dead(SimNode node) {
    node.group = 1;
    node.manage(false);
    return "power or cable lost of " + node;
  }

  private static String stop(SimNode node) {
    node.stop();
    return "stop " + node;
  }

  private static String resume(SimNode node) {
    node.resume();
    return "resume " + node;
  }

  private static String segment(SimNode node, int group) {
    node.group = group;
    return "cut segment of " + node;
  }

  private static String management(SimNode node, boolean managed) {
    node.manage(managed);
    return "cut management of " + node;
  }

  private String heal() {
    world.lost.clear();
    world.unheard.clear();
    world.filtered = false;
    for (SimNode node : world.nodes) {
      node.group = 0;
      node.sends = true;
      node.receives = true;
      node.refuses = false;
      node.refused = false;
      node.manage(true);
    }
    return "heal";
  }

  private String oneWay(SimNode node) {
    if (random.nextBoolean()) {
      node.sends = false;
    } else {
      node.receives = false;
    }
    return "one way " + node;
  }

  private String reconciler(boolean alive) {
    world.reconciler = alive;
    epoch += alive ? 1 : 0;
    return "reconciler " + alive;
  }

  private String term() {
    SortedMap<IpAddress, List<NodeName>> lists = world.lists();
    List<IpAddress> all = new ArrayList<>(lists.keySet());
    IpAddress one = all.get(random.nextInt(all.size()));
    if (all.size() > 2 && random.nextInt(4) == 0) {
      lists.remove(one);
    } else {
      List<NodeName> list = shuffled();
      lists.put(one, list.subList(0, 2 + random.nextInt(list.size() - 1)));
    }
    world.desire(lists, epoch);
    return "desire " + lists;
  }

  private String gate(SimNode node) {
    if (node.ungated()) {
      boolean doubted = random.nextBoolean();
      (doubted ? node.doubted : node.shut).addAll(world.desired.byAddress().keySet());
      return "gate of " + node + (doubted ? " silent" : " shut");
    }
    node.shut.clear();
    node.doubted.clear();
    return "gate of " + node + " open";
  }

  private String refuse(SimNode node) {
    node.refuses = true;
    node.refused = random.nextBoolean();
    node.changed = world.now;
    return "API of " + node + " refuses" + (node.refused ? ", and it reaches no other" : "");
  }

  // Two that have not found each other yet, and have announced all they had to, cannot any more.
  private String filter() {
    world.run(1_000);
    world.filtered = true;
    return "all firewalls let nothing but ARP pass";
  }

  // One that rejects connections to the API, and drops liveness packets in one direction or none.
  private String firewall(SimNode node) {
    int dropped = random.nextInt(3);
    node.refuses = true;
    node.changed = world.now;
    for (SimNode other : world.nodes) {
      if (dropped == 1) {
        world.unheard.add(other + ">" + node);
      } else if (dropped == 2) {
        world.unheard.add(node + ">" + other);
      }
    }
    return "firewall of "
        + node
        + List.of("", ", nothing gets in", ", nothing gets out").get(dropped);
  }

  private static String leave(SimNode node) {
    node.leave();
    return "leave " + node;
  }

  private void observe() {
    for (IpAddress address : world.desired.byAddress().keySet()) {
      List<SimNode> by = world.answerers(0, address);
      long since = two.merge(address, world.now, (old, now) -> by.size() > 1 ? old : now);
      long judged = world.now - Math.max(since, world.lastEvent);
      if (by.size() > 1
          && judged > twoAtMost()
          && by.stream().allMatch(this::sound)
          && (!unseen(by) || (judged > TWO_ONE_WAY && oneWay(by)))) {
        fail(address, judged + " ms answered by " + by);
      }
      silence(address, by);
    }
    world.nodes.forEach(this::entitled);
  }

  private long twoAtMost() {
    if (world.filtered || !world.unheard.isEmpty()) {
      return TWO_FILTERED;
    }
    return world.nodes.stream().anyMatch(node -> node.refuses) ? TWO_UNREAD : TWO_AT_MOST;
  }

  // Of two that no third one hears, the earlier holder cannot see the later one when the frames
  // from
  // there are what is lost: whether the other's sender, its own receiver or only the way between
  // them is broken, nothing tells, and in two cases of three it would be wrong to stop.
  private boolean unseen(List<SimNode> by) {
    for (SimNode one : by) {
      for (SimNode other : by) {
        if (one != other && !world.carries(one, other) && !joined(one, other)) {
          return true;
        }
      }
    }
    return false;
  }

  // One of them hears that the other does not hear it, and can read that clients are heard there.
  private boolean oneWay(List<SimNode> by) {
    return world.clients
        && !world.filtered
        && world.unheard.isEmpty()
        && by.size() == 2
        && by.stream().noneMatch(node -> node.refuses)
        && world.carries(by.getFirst(), by.getLast()) != world.carries(by.getLast(), by.getFirst());
  }

  private boolean joined(SimNode one, SimNode other) {
    // What the third one tells has to be heard.
    return !world.filtered
        && !one.refuses
        && !other.refuses
        && world.nodes.stream()
            .filter(third -> third != one && third != other)
            .anyMatch(third -> meet(third, one) && meet(third, other));
  }

  // Whether there is a session between them, unless none is anywhere.
  private boolean meet(SimNode one, SimNode other) {
    return world.carries(one, other)
        && world.carries(other, one)
        && !world.unheard.contains(one + ">" + other)
        && !world.unheard.contains(other + ">" + one);
  }

  // Answers for what is in its state, and not for what its state only has because it is old.
  private void entitled(SimNode node) {
    for (IpAddress address : node.standings().keySet()) {
      if (!node.answers(address)) {
        continue;
      }
      Contest contest = node.state().map(state -> state.byAddress().get(address)).orElse(null);
      if (contest == null) {
        fail(address, node + " answers what is not in its state");
      } else if (node.onOldState() && node.managed) {
        for (NodeName other : contest.candidates()) {
          if (knowsBetter(world.node(other), node, address)) {
            fail(address, node + " answers what " + other + " knows to be given away");
          }
        }
      }
    }
  }

  private boolean knowsBetter(SimNode witness, SimNode node, IpAddress address) {
    boolean newer =
        !world.filtered
            && witness.runs()
            && witness.managed
            && witness
                .state()
                .filter(one -> one.stored().get().compareTo(node.state().get().stored().get()) > 0)
                .filter(one -> !one.byAddress().containsKey(address))
                .isPresent();
    boolean sinceBefore =
        Math.max(witness.changed, witness.stateSince) < node.started
            && node.changed <= node.started;
    long heardFor =
        world.now - Math.max(witness.stateSince, Math.max(witness.changed, node.changed));
    return newer && (sinceBefore || heardFor > TOLD);
  }

  private void silence(IpAddress address, List<SimNode> by) {
    long since = none.merge(address, world.now, (old, now) -> by.isEmpty() ? old : now);
    long judged = world.now - Math.max(since, world.lastEvent);
    if (by.isEmpty() && judged > (unheardGate() ? NONE_UNREAD : NONE_AT_MOST)) {
      boolean able =
          heads(address).stream()
              .map(world::node)
              .anyMatch(node -> sound(node) && knows(node, address) && company(node));
      if (able) {
        fail(address, judged + " ms answered by nobody");
      }
    }
  }

  // Who may take the address: beyond a full mesh only the first of its list.
  private List<NodeName> heads(IpAddress address) {
    Contest contest = Objects.requireNonNull(world.desired.byAddress().get(address));
    return world.nodes.size() > WatchGraph.FULL_MESH
        ? WatchGraph.head(contest)
        : contest.candidates();
  }

  // Nothing is in the way of the node: not its links, its gate or its start.
  private boolean sound(SimNode node) {
    return node.runs()
        && node.group == 0
        && node.sends
        && node.receives
        && node.managed
        && node.ungated();
  }

  // A holder may shut its gate while nobody can hear it say so, or somebody cannot.
  private boolean unheardGate() {
    boolean unread = world.filtered || world.nodes.stream().anyMatch(node -> node.refused);
    return world.nodes.stream()
        .anyMatch(
            node -> node.alive() && !node.ungated() && (unread || !node.managed || node.refuses));
  }

  // A node that reaches no other cannot tell its own dead link from everybody else's.
  private boolean company(SimNode node) {
    return world.nodes.stream().anyMatch(other -> other != node && meet(node, other));
  }

  private boolean knows(SimNode node, IpAddress address) {
    // A start has its own grace, in which a session may come up for the first time.
    long grace = World.settings().contactGrace().toMillis();
    return node.standings().containsKey(address)
        && !node.leaving
        && world.now - node.started > NONE_AT_MOST + grace
        && !(node.standings().get(address) instanceof Standing.Waiting)
        && node.disk.equals(Optional.of(world.desired));
  }

  private void fail(IpAddress address, String what) {
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(seed).append(" at ").append(world.now).append(": ");
    text.append(address).append(' ').append(what).append('\n');
    for (SimNode node : world.nodes) {
      text.append(node).append(' ').append(node.standings().get(address)).append('\n');
    }
    text.append(String.join("\n", story.subList(Math.max(0, story.size() - 12), story.size())));
    throw new AssertionError(text.toString());
  }
}
