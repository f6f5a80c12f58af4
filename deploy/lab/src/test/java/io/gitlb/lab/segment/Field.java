// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Poll;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/// A [SpeakerLab] whose nodes serve addresses, with all judges at work: an observer, a client with
/// traffic to the first address, a control timer. Address K is 10.78.0.100 + K, and its candidates
/// are all nodes, beginning with number K. One address more is asked for and is nobody's.
public final class Field implements AutoCloseable {

  /// From start or heal until all is quiet again, on a busy machine.
  public static final Duration SETTLE_LIMIT = Duration.ofSeconds(45);

  /// For so long one node alone has to answer before the next failure.
  private static final Duration QUIET = Duration.ofSeconds(1);

  private static final int FIRST_ADDRESS = 0x0A4E_0064;

  private final SpeakerLab lab;
  private final List<Ipv4> addresses = new ArrayList<>();
  private final List<AutoCloseable> judges = new ArrayList<>();
  private final Observer observer;
  private final TrafficClient traffic;
  private final Paths paths;
  private final ControlTimer control;

  /// Run of a speaker → its counters of conflicts that are not 0, as they were seen last (1:1).
  private final SortedMap<String, SortedMap<String, Long>> conflicts =
      new ConcurrentSkipListMap<>();

  private final List<IpAddress> further;

  private Field(SpeakerLab lab, Sandbox sandbox, int served, List<IpAddress> further) {
    this.lab = lab;
    this.further = List.copyOf(further);
    for (int i = 0; i <= served; i++) {
      addresses.add(new Ipv4(FIRST_ADDRESS + i));
    }
    lab.nodes().forEach(node -> judges.add(Backend.start(node, addresses)));
    control = ControlTimer.start(sandbox);
    observer = Observer.start(lab.observer(), addresses);
    paths = Paths.start(lab.client());
    traffic = TrafficClient.start(lab.client(), addresses.getFirst(), Backend.SHORT);
  }

  /// Builds it, starts every speaker, gives them as many addresses and waits until they are served.
  public static Field open(Sandbox sandbox, Distribution distribution, int nodes, int served) {
    return open(
        new SpeakerLab(sandbox, distribution, nodes, SpeakerLab.Management.OWN_NETWORK),
        sandbox,
        served,
        List.of());
  }

  /// The same with a network that no speaker of which runs yet.
  ///
  /// @param further addresses that are served besides; nobody waits for them or asks
  public static Field open(SpeakerLab lab, Sandbox sandbox, int served, List<IpAddress> further) {
    Field field = new Field(lab, sandbox, served, further);
    sandbox.closeLater(field);
    lab.nodes().forEach(lab::startOnly);
    lab.nodes().forEach(lab::awaitAnswer);
    field.decide(field.allCandidates(served));
    field.settle();
    return field;
  }

  /// The network and the speakers.
  public SpeakerLab lab() {
    return lab;
  }

  /// The addresses that the observer asks for; the last one is nobody's.
  public List<Ipv4> addresses() {
    return List.copyOf(addresses);
  }

  /// Who looks.
  public Observer observer() {
    return observer;
  }

  /// Who uses the first address.
  public TrafficClient traffic() {
    return traffic;
  }

  /// To which node each packet of that traffic goes.
  public Paths paths() {
    return paths;
  }

  /// What the machine itself does.
  public ControlTimer control() {
    return control;
  }

  /// The usual candidates of the first `count` addresses.
  public SortedMap<IpAddress, List<NodeName>> allCandidates(int count) {
    List<NodeName> names = lab.nodes().stream().map(LabNode::name).toList();
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      List<NodeName> rotated = new ArrayList<>(names.subList(i % names.size(), names.size()));
      rotated.addAll(names.subList(0, i % names.size()));
      candidates.put(addresses.get(i), rotated);
    }
    further.forEach(address -> candidates.put(address, names));
    return candidates;
  }

  /// Decides anew who may announce what, and waits until every speaker has stored it.
  ///
  /// @throws IllegalStateException when that does not come about
  public void decide(SortedMap<IpAddress, List<NodeName>> candidates) {
    List<LabNode> missing = new ArrayList<>(lab.nodes());
    missing.removeAll(lab.decide(candidates));
    if (Poll.until(
            SETTLE_LIMIT, () -> missing.removeIf(node -> lab.push(node)), _ -> missing.isEmpty())
        instanceof Poll.TimedOut<?> _) {
      throw new IllegalStateException("not stored by " + missing);
    }
  }

  /// The node that alone has answered for an address of late.
  public Optional<LabNode> owner(Ipv4 address) {
    long now = System.nanoTime();
    List<Sight> sights =
        observer.since(now - QUIET.toNanos()).stream()
            .filter(sight -> sight.address().equals(address) && !sight.gratuitous())
            .toList();
    Set<MacAddress> macs = new HashSet<>();
    sights.forEach(sight -> macs.add(sight.mac()));
    if (macs.size() != 1 || sights.size() < QUIET.dividedBy(Observer.TICK) / 2) {
      return Optional.empty();
    }
    return node(macs.iterator().next());
  }

  /// Waits until one node alone has answered for an address for a second, the one before this call
  /// included.
  ///
  /// @throws IllegalStateException when that does not come about
  public LabNode awaitOwner(Ipv4 address) {
    return switch (Poll.until(SETTLE_LIMIT, () -> owner(address), Optional::isPresent)) {
      case Poll.Reached<Optional<LabNode>>(Optional<LabNode> owner, Duration _) ->
          owner.orElseThrow();
      case Poll.TimedOut<Optional<LabNode>> _ ->
          throw new IllegalStateException("nobody alone answers for " + address);
    };
  }

  /// The node with this MAC address on the segment.
  public Optional<LabNode> node(MacAddress mac) {
    return lab.nodes().stream().filter(node -> node.mac().equals(mac)).findFirst();
  }

  /// Whether a node's speaker runs, has contact with all of these, and knows who holds each
  /// address.
  public boolean isWhole(LabNode node, Collection<NodeName> peers) {
    return SpeakerLog.of(lab.speaker(node)).reaches(peers)
        && lab.status(node)
            .filter(
                status ->
                    status.announcements().stream()
                        .allMatch(one -> one.layer2().flatMap(Layer2Status::owner).isPresent()))
            .isPresent();
  }

  /// What the speakers of these nodes have reported of others that use an address, in each run of
  /// theirs that was looked at: `node counter` → how often.
  public SortedMap<String, Long> conflicts(Collection<LabNode> nodes) {
    for (LabNode node : nodes) {
      lab.status(node).ifPresent(this::noteConflicts);
    }
    SortedMap<String, Long> found = new TreeMap<>();
    conflicts.forEach((run, counters) -> counters.forEach((name, n) -> found.put(run + name, n)));
    return found;
  }

  private void noteConflicts(SpeakerStatus status) {
    SortedMap<String, Long> found = new TreeMap<>(status.counters());
    found.entrySet().removeIf(one -> !one.getKey().startsWith("conflicts_") || one.getValue() == 0);
    conflicts.put(status.node() + " " + status.bootId() + " ", found);
  }

  /// Waits until every node is whole with all others.
  ///
  /// @throws IllegalStateException when that does not come about
  public void awaitWhole() {
    List<LabNode> left = new ArrayList<>(lab.nodes());
    if (Poll.until(
            SETTLE_LIMIT,
            () -> left.removeIf(node -> isWhole(node, others(node))),
            _ -> left.isEmpty())
        instanceof Poll.TimedOut<?> _) {
      throw new IllegalStateException("not whole: " + left);
    }
  }

  /// The names of all nodes but one.
  public List<NodeName> others(LabNode node) {
    return lab.nodes().stream()
        .map(LabNode::name)
        .filter(name -> !name.equals(node.name()))
        .toList();
  }

  /// Waits until each address that somebody shall announce has one owner, for a second from now on:
  /// what was before says nothing of what is to come.
  ///
  /// @throws IllegalStateException when that does not come about
  public void settle() {
    Set<IpAddress> wanted = lab.given();
    await("one owner each", List.of(), () -> homeless(wanted));
  }

  private List<Ipv4> homeless(Set<IpAddress> wanted) {
    return addresses.stream()
        .filter(wanted::contains)
        .filter(address -> owner(address).isEmpty())
        .toList();
  }

  /// Waits until a node alone answers for an address, for a second from now on.
  ///
  /// @throws IllegalStateException when that does not come about
  public void settleOn(Ipv4 address, LabNode node) {
    await(address + " at " + node.name(), Optional.of(node), () -> owner(address));
  }

  private static <T> void await(String what, T wanted, Supplier<T> probe) {
    long from = System.nanoTime() + QUIET.toNanos();
    Poll.Result<Optional<T>> result =
        Poll.until(
            SETTLE_LIMIT,
            () -> System.nanoTime() < from ? Optional.empty() : Optional.of(probe.get()),
            Optional.of(wanted)::equals);
    if (result instanceof Poll.TimedOut<Optional<T>>(Optional<T> seen, Duration _)) {
      throw new IllegalStateException("not settled: " + what + ", but " + seen);
    }
  }

  @Override
  public void close() {
    traffic.close();
    paths.close();
    observer.close();
    for (AutoCloseable judge : judges) {
      try {
        judge.close();
      } catch (Exception e) {
        System.err.println("clean-up: " + e.getMessage());
      }
    }
  }
}
