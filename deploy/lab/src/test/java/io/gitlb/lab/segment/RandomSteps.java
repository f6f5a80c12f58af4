// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import static java.util.Objects.requireNonNull;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Random failures and repairs of a [Field], one after another. One node at least is whole at any
/// time. The last address that the field serves comes and goes.
public final class RandomSteps {

  private static final int SHORTEST_PAUSE = 200;
  private static final int LONGEST_PAUSE = 1_500;

  /// A speaker applies what it has stored within this time.
  private static final long APPLIES = Duration.ofMillis(500).toNanos();

  private final Field field;
  private final RandomGenerator random;
  private final List<Failure> failures;
  private final SortedMap<NodeName, Failure> broken = new TreeMap<>();
  private final List<String> history = new ArrayList<>();

  /// Node → since when it has known that it has nothing to do with the address that comes and goes.
  private final Map<NodeName, Long> unconcerned = new HashMap<>();

  /// When a node knew that, and answered all the same.
  private final List<String> forbidden = new ArrayList<>();

  /// When each step was over, as [System#nanoTime].
  private final List<Long> moments = new ArrayList<>();

  private boolean given;
  private boolean reconcilerDead;

  /// @param field that serves at least two addresses
  public RandomSteps(Field field, RandomGenerator random) {
    this.field = field;
    this.random = random;
    this.failures =
        List.of(Failure.values()).stream()
            .filter(failure -> !failure.isOfClock() || field.lab().hasOwnClocks())
            .toList();
    this.given = true;
  }

  /// What was done, one line a step.
  public List<String> history() {
    return List.copyOf(history);
  }

  /// Each time that a node answered for an address that was not its business.
  public List<String> forbidden() {
    return List.copyOf(forbidden);
  }

  /// When something was broken, repaired or decided last, each time: as [System#nanoTime].
  public List<Long> moments() {
    return List.copyOf(moments);
  }

  /// Does one thing and waits a moment.
  public void step() throws InterruptedException {
    switch (random.nextInt(6)) {
      case 0, 1, 2 -> fail();
      case 3 -> repair();
      case 4 -> giveOrTake();
      default -> reconciler();
    }
    moments.add(System.nanoTime());
    Thread.sleep(random.nextInt(SHORTEST_PAUSE, LONGEST_PAUSE));
    look();
  }

  /// Repairs everything and waits until all is quiet.
  public void finish() throws InterruptedException {
    while (!broken.isEmpty()) {
      repair();
      moments.add(System.nanoTime());
    }
    if (reconcilerDead) {
      reconciler();
    }
    told(field.lab().reviveReconciler());
    field.settle();
    look();
  }

  private void fail() {
    List<LabNode> whole =
        field.lab().nodes().stream().filter(node -> !broken.containsKey(node.name())).toList();
    if (whole.size() < 2) {
      repair();
      return;
    }
    LabNode node = preferred(whole);
    Failure failure = failures.get(random.nextInt(failures.size()));
    note(failure + " " + node.name());
    // Its counters may end with it.
    field.conflicts(List.of(node));
    failure.inflict(field.lab(), node);
    broken.put(node.name(), failure);
  }

  /// Every other time the owner of the first address: failures of others are less telling.
  private LabNode preferred(List<LabNode> whole) {
    Optional<LabNode> owner = field.owner(field.addresses().getFirst()).filter(whole::contains);
    return owner.isPresent() && random.nextBoolean()
        ? owner.get()
        : whole.get(random.nextInt(whole.size()));
  }

  private void repair() {
    if (broken.isEmpty()) {
      return;
    }
    List<NodeName> names = List.copyOf(broken.keySet());
    NodeName name = names.get(random.nextInt(names.size()));
    LabNode node =
        field.lab().nodes().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow();
    Failure failure = requireNonNull(broken.remove(name));
    note("heal " + failure + " " + name);
    failure.heal(field.lab(), node);
    if (field.lab().push(node)) {
      told(List.of(node));
    }
  }

  private void giveOrTake() {
    if (reconcilerDead) {
      return;
    }
    given = !given;
    note(given ? "give" : "take away");
    look();
    int count = field.addresses().size() - (given ? 1 : 2);
    SortedMap<IpAddress, List<NodeName>> candidates = field.allCandidates(count);
    if (given) {
      unconcerned.clear();
    }
    told(field.lab().decide(candidates));
  }

  private void reconciler() {
    reconcilerDead = !reconcilerDead;
    note(reconcilerDead ? "the reconciler dies" : "the reconciler lives");
    if (reconcilerDead) {
      field.lab().killReconciler();
    } else {
      told(field.lab().reviveReconciler());
    }
  }

  private void told(List<LabNode> nodes) {
    if (!given) {
      nodes.forEach(node -> unconcerned.putIfAbsent(node.name(), System.nanoTime()));
    }
  }

  private void look() {
    Ipv4 nobodys = field.addresses().getLast();
    Ipv4 comesAndGoes = field.addresses().get(field.addresses().size() - 2);
    long recently = System.nanoTime() - Duration.ofMillis(LONGEST_PAUSE * 2L).toNanos();
    for (Observer.Sight sight : field.observer().since(recently)) {
      Optional<LabNode> node = field.node(sight.mac());
      if (sight.address().equals(nobodys)) {
        forbidden.add(sight + " after " + history.getLast());
      } else if (sight.address().equals(comesAndGoes) && node.isPresent()) {
        Long since = unconcerned.get(node.get().name());
        if (since != null && sight.nanos() > since + APPLIES) {
          forbidden.add(node.get().name() + " " + sight + " after " + history.getLast());
        }
      }
    }
  }

  private void note(String what) {
    history.add(System.nanoTime() / 1_000_000 + " " + what);
  }
}
