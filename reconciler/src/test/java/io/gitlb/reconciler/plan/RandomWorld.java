// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ClusterAddresses;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// All that is around a planner, in random motion: people, the API server, speakers, the ledger and
/// the clock. What happens is told line by line.
final class RandomWorld {

  private static final NodeName NODE = new NodeName("n1");

  private final Random random;
  private final EnumSet<RandomFeature> features = EnumSet.noneOf(RandomFeature.class);
  private final RandomDefinitions config;
  private final RandomServices drawn;
  private final List<String> story = new ArrayList<>();

  private Definitions definitions;
  private int commits = 1;
  private Optional<String> previous = Optional.empty();
  private final RandomLedger ledger;
  private final RandomSpeakers speakers;
  private SnapshotMap<ServiceRef, ServiceView> services = SnapshotMap.empty();
  private SnapshotMap<NodeName, NodeView> nodes = SnapshotMap.empty();
  private SnapshotMap<String, SortedMap<String, String>> namespaces = SnapshotMap.empty();
  private ClusterAddresses clusterAddresses = ClusterAddresses.NONE;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private final RandomFleet fleet;
  private Plan plan = Plan.NONE;

  /// With one cluster.
  RandomWorld(Random random) {
    this(random, RandomFleet.none());
  }

  RandomWorld(Random random, RandomFleet fleet) {
    this.fleet = fleet;
    this.random = random;
    for (RandomFeature feature : RandomFeature.values()) {
      if (random.nextBoolean()) {
        features.add(feature);
      }
    }
    this.config = new RandomDefinitions(random, features);
    this.drawn = new RandomServices(random, features);
    this.ledger = new RandomLedger(random, features);
    this.speakers = new RandomSpeakers(random);
    this.definitions = fleet.share(config.build());
    for (String namespace : RandomServices.NAMESPACES) {
      namespaces = namespaces.with(namespace, new TreeMap<>());
    }
    tell("a world with " + features + RandomDefinitions.describe(definitions));
  }

  private void tell(String line) {
    story.add(line);
  }

  /// What has happened so far, one event a line.
  String story() {
    return String.join("\n  ", story);
  }

  PlanInput input() {
    return new PlanInput(
        definitions,
        commit(),
        previous,
        ledger.now(),
        new ClusterView(
            ViewBuilder.CLUSTER_UID,
            services,
            nodes,
            SnapshotMap.empty(),
            namespaces,
            new ClusterAddresses(withClusterIps(), clusterAddresses.ranges())),
        speakers.facts(),
        ledger.adoption(),
        Guards.NONE,
        fleet.now(),
        now);
  }

  private String commit() {
    return "%040x".formatted(commits);
  }

  private SnapshotMap<IpAddress, String> withClusterIps() {
    SnapshotMap<IpAddress, String> single = clusterAddresses.single();
    for (ServiceView service : services.values()) {
      for (IpAddress address : service.clusterIps()) {
        single = single.with(address, "the cluster IP of " + service.ref());
      }
    }
    return single;
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  // --- Events

  /// Something happens.
  void happen() {
    fleet.happen(plan, now).ifPresent(this::tell);
    switch (random.nextInt(24)) {
      case 0, 1, 2, 3, 4, 5, 6 -> create();
      case 7, 8, 9 -> edit();
      case 10, 11 -> delete();
      case 12, 13 -> changeConfig();
      case 14 -> changeCluster();
      case 15 -> changeNamespace();
      case 16 -> editStatus();
      case 17 -> changeLedger();
      case 18 -> list();
      case 19, 20 -> pass(List.of(0L, 900L, 4_000L, 61_000L, 300_000L, 660_000L));
      default -> speak();
    }
  }

  private Optional<ServiceView> someService() {
    return services.isEmpty()
        ? Optional.empty()
        : Optional.of(List.copyOf(services.values()).get(random.nextInt(services.size())));
  }

  private void put(ServiceView service) {
    services = services.with(service.ref(), service);
  }

  private void create() {
    List<ServiceRef> refs = RandomServices.refs();
    ServiceRef ref = refs.get(random.nextInt(refs.size()));
    if (!services.containsKey(ref)) {
      put(drawn.create(ref));
      tell("create " + RandomServices.describe(services.find(ref).orElseThrow()));
    }
  }

  private void edit() {
    someService()
        .ifPresent(
            service -> {
              put(drawn.edit(service));
              tell("edit " + RandomServices.describe(services.find(service.ref()).orElseThrow()));
            });
  }

  private void delete() {
    someService()
        .ifPresent(
            service -> {
              switch (random.nextInt(4)) {
                case 0 -> {
                  put(RandomServices.with(service, Scope.LEFT_BEHIND, service.statusAddresses()));
                  tell("left behind: " + service.ref());
                }
                case 1 -> {
                  put(drawn.create(service.ref()));
                  tell(
                      "delete and create "
                          + RandomServices.describe(services.find(service.ref()).orElseThrow()));
                }
                default -> {
                  services = services.without(service.ref());
                  tell("delete " + service.ref());
                }
              }
            });
  }

  private void editStatus() {
    someService()
        .ifPresent(
            service -> {
              List<IpAddress> status =
                  oneIn(2) ? List.of() : List.of(RandomDefinitions.anyAddress(random));
              put(RandomServices.with(service, service.scope(), status));
              tell("status of " + service.ref() + " is edited: " + status);
            });
  }

  private void changeConfig() {
    config.change(RandomServices.refs());
    Definitions next = fleet.share(config.build());
    if (!next.equals(definitions)) {
      previous = Optional.of(commit());
      commits++;
      definitions = next;
      tell("commit" + RandomDefinitions.describe(definitions));
    }
  }

  private void changeCluster() {
    if (!features.contains(RandomFeature.CLUSTER)) {
      return;
    }
    IpAddress address = RandomDefinitions.anyAddress(random);
    switch (random.nextInt(5)) {
      case 0 -> nodes = SnapshotMap.empty();
      case 1 -> nodes = nodes.with(NODE, node(List.of(address), List.of()));
      case 2 -> nodes = nodes.with(NODE, node(List.of(), List.of(IpPrefix.host(address))));
      case 3 ->
          clusterAddresses =
              new ClusterAddresses(
                  oneIn(2)
                      ? SnapshotMap.empty()
                      : clusterAddresses.single().with(address, "the API server"),
                  clusterAddresses.ranges());
      default ->
          clusterAddresses =
              new ClusterAddresses(
                  clusterAddresses.single(),
                  oneIn(2)
                      ? SnapshotMap.empty()
                      : clusterAddresses
                          .ranges()
                          .with(new IpRange(address, address), "Services (ServiceCIDR x)"));
    }
    tell("cluster " + nodes.values() + " " + clusterAddresses);
  }

  private static NodeView node(List<IpAddress> addresses, List<IpPrefix> podCidrs) {
    return new NodeView(
        NODE,
        new TreeMap<>(),
        addresses,
        podCidrs,
        Readiness.READY,
        Network.AVAILABLE,
        Scheduling.SCHEDULABLE);
  }

  private void changeNamespace() {
    String namespace =
        RandomServices.NAMESPACES.get(random.nextInt(RandomServices.NAMESPACES.size()));
    SortedMap<String, String> labels =
        oneIn(2) ? new TreeMap<>() : new TreeMap<>(Map.of("team", "x"));
    namespaces = namespaces.with(namespace, labels);
    tell("namespace " + namespace + " " + labels);
  }

  private void changeLedger() {
    Optional<String> event = ledger.happen(now, commit());
    speakers.follow(ledger.now());
    event.ifPresent(this::tell);
  }

  /// The informers start again: the same content in new maps.
  private void list() {
    services = SnapshotMap.copyOf(new TreeMap<>(services));
    ledger.list();
    speakers.list();
    definitions = fleet.share(config.build());
    tell("everything is listed again");
  }

  /// Time goes by.
  private void pass(List<Long> millis) {
    now = now.plusMillis(millis.get(random.nextInt(millis.size())));
    tell("it is " + now);
  }

  private void speak() {
    speakers.speak(ledger.now(), definitions);
    tell(speakers.toString());
  }

  // --- Results

  /// Takes the plan's edits into the ledger, all or those before a failure, and shows the decisions
  /// in the statuses, most of them.
  ///
  /// @return whether the ledger took all
  boolean take(Plan plan) {
    this.plan = plan;
    List<LedgerEdit> taken = ledger.take(plan.edits());
    speakers.follow(ledger.now());
    for (LedgerEdit edit : taken) {
      tell("  " + edit.action() + " " + RandomLedger.describe(edit.record()));
    }
    if (taken.size() < plan.edits().size()) {
      tell("  the ledger fails before " + plan.edits().get(taken.size()));
      return false;
    }
    for (Decision decision : plan.decisions().values()) {
      services
          .find(decision.service())
          .filter(_ -> !oneIn(8))
          .ifPresent(
              service -> put(RandomServices.with(service, service.scope(), decision.addresses())));
    }
    for (ServiceView service : List.copyOf(services.values())) {
      if (service.scope() == Scope.LEFT_BEHIND && service.statusAddresses().isEmpty()) {
        services = services.without(service.ref());
      }
    }
    return true;
  }

  /// What the planner was asked, in full.
  static String describe(PlanInput input) {
    StringBuilder text = new StringBuilder("at " + input.now() + ", adoption " + input.adoption());
    text.append(RandomDefinitions.describe(input.definitions()));
    input
        .view()
        .services()
        .values()
        .forEach(service -> text.append("\n    ").append(RandomServices.describe(service)));
    text.append("\n    nodes ").append(input.view().nodes().values());
    text.append("\n    ").append(input.view().addresses());
    text.append("\n    namespaces ").append(input.view().namespaceLabels());
    input
        .ledger()
        .records()
        .values()
        .forEach(record -> text.append("\n    record ").append(RandomLedger.describe(record)));
    text.append("\n    leases ").append(input.fleet());
    text.append("\n    announced ").append(input.speakers().announced().keySet());
    text.append("\n    unreadable ").append(input.ledger().unreadable());
    text.append("\n    withdrawn ").append(input.speakers().withdrawn());
    return text.toString();
  }

  /// The end: every Service is deleted, every speaker obeys.
  void deleteAll() {
    services = SnapshotMap.empty();
    features.remove(RandomFeature.FAILED_COMMITS);
    ledger.repair();
    speakers.stop();
    tell("everything is deleted");
  }

  void pass(Duration time) {
    now = now.plus(time);
    tell("it is " + now);
  }

  Ledger ledger() {
    return ledger.now();
  }
}
