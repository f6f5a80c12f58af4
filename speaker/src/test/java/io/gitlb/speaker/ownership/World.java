// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Several nodes with the real machine on a simulated segment and management network.
///
/// Time runs in steps of 5 ms. Liveness is noticed 300 ms after the last packet; a claim takes 1 to
/// 20 ms; a probe is over after 60 ms; a silent channel is noticed after a second.
final class World {

  static final int STEP = 5;
  static final int DETECTION = 300;
  static final String LINK = "eth0";

  private record Event(long at, long order, Runnable action) {}

  final List<SimNode> nodes = new ArrayList<>();
  final Set<String> lost = new HashSet<>();

  /// Liveness packets that get lost, while others pass.
  final Set<String> unheard = new HashSet<>();

  final RandomGenerator random;
  long now;
  long lastEvent;
  Contests desired;
  boolean reconciler = true;

  /// A firewall on all nodes rejects connections to the API and drops liveness packets; ARP passes.
  boolean filtered;

  /// Whether somebody asks for the addresses.
  boolean clients = true;

  Consumer<World> observer = world -> {};
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
  private long order;
  private long generation = 1;

  World(int size, RandomGenerator random) {
    this.random = random;
    TreeSet<NodeName> members = new TreeSet<>();
    for (int i = 0; i < size; i++) {
      nodes.add(new SimNode(this, i));
      members.add(nodes.get(i).name);
    }
    desired =
        new Contests(
            Optional.of(new Generation(1, 1)), Origin.RECONCILER, new TreeMap<>(), members);
  }

  Instant instant() {
    return Instant.EPOCH.plusMillis(now);
  }

  void later(long delay, Runnable action) {
    events.add(new Event(now + delay, order++, action));
  }

  /// The next generation; a changed list begins a new term.
  void desire(SortedMap<IpAddress, List<NodeName>> lists, long epoch) {
    Generation next = new Generation(epoch, ++generation);
    TreeMap<IpAddress, Contest> contests = new TreeMap<>();
    lists.forEach(
        (address, list) -> {
          Contest old = desired.byAddress().get(address);
          boolean same = old != null && old.candidates().equals(list);
          contests.put(address, same ? old : new Contest(next, list));
        });
    desired = new Contests(Optional.of(next), Origin.RECONCILER, contests, desired.members());
  }

  SortedMap<IpAddress, List<NodeName>> lists() {
    TreeMap<IpAddress, List<NodeName>> lists = new TreeMap<>();
    desired.byAddress().forEach((address, contest) -> lists.put(address, contest.candidates()));
    return lists;
  }

  void run(long millis) {
    long end = now + millis;
    while (now < end) {
      now += STEP;
      while (!events.isEmpty() && events.peek().at <= now) {
        events.poll().action.run();
      }
      nodes.forEach(SimNode::liveness);
      nodes.forEach(SimNode::channels);
      if (clients && now % 10 == 0) {
        nodes.forEach(SimNode::asked);
      }
      nodes.forEach(SimNode::advance);
      if (now % 10 == 0) {
        observer.accept(this);
      }
    }
  }

  /// Whether a frame from one node reaches another.
  boolean carries(SimNode from, SimNode to) {
    return from.runs()
        && from.group == to.group
        && from.sends
        && to.receives
        && (lost.isEmpty() || !lost.contains(from.name.value() + ">" + to.name.value()));
  }

  /// Whether a liveness packet of one node reaches another.
  boolean carriesLiveness(SimNode from, SimNode to) {
    return !filtered
        && carries(from, to)
        && !unheard.contains(from.name.value() + ">" + to.name.value());
  }

  boolean managed(SimNode one, SimNode other) {
    return one.managed && other.managed;
  }

  /// The nodes in a group of the segment that a client there gets an answer from.
  List<SimNode> answerers(int group, IpAddress address) {
    return nodes.stream()
        .filter(node -> node.group == group && node.sends && node.receives)
        .filter(node -> node.answers(address))
        .toList();
  }

  SimNode node(NodeName name) {
    return nodes.stream().filter(node -> node.name.equals(name)).findFirst().orElseThrow();
  }

  void everybody() {
    nodes.forEach(node -> node.start(new Start.Fresh()));
  }

  static OwnershipSettings settings() {
    return OwnershipSettings.defaults();
  }

  static Duration millis(long count) {
    return Duration.ofMillis(count);
  }
}
