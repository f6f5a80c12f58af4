// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.DefinitionReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What [AllocatorBench] plans with: definitions, Services and records. Immutable; versions share
/// what they have in common, as the running loop's do.
record BenchScene(Definitions definitions, ClusterView view, Ledger ledger) {

  private static final String COMMIT = "0".repeat(40);

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /// Every rule that a pool can have, and pins; [#mixed] makes Services that meet them.
  static final String ALL_RULES =
      PlanStory.pool(
              "gold 10.1.0.0/16 2001:db8:1::/64",
              "serviceAllocation: {priority: 10, serviceSelectors: [{matchLabels: {tier: gold}}]}",
              "exclude: [10.1.0.0/24]",
              "avoidBuggyIPs: true",
              "quota: 5000")
          + PlanStory.pool(
              "team 10.2.0.0/16 2001:db8:2::/64",
              "serviceAllocation: {priority: 20, namespaces: [team], "
                  + "namespaceSelectors: [{matchLabels: {team: red}}]}")
          + PlanStory.pool("manual 10.3.0.0/16", "autoAssign: false")
          + PlanStory.pool("old 10.4.0.0/16", "draining: true")
          + PlanStory.pool("lan 10.5.0.0/16 2001:db8:5::/64", "shareAcrossNamespaces: true")
          + PlanStory.pin("pin", "team/pinned", "10.2.0.7");

  /// Nothing but the documents.
  static BenchScene of(String yaml) {
    Definitions definitions =
        switch (DefinitionReader.read(List.of(new ConfigFile("bench.yaml", yaml)))) {
          case ReadResult.Accepted accepted -> accepted.definitions();
          case ReadResult.Refused refused ->
              throw new IllegalStateException(refused.problems().toString());
        };
    ViewBuilder view = new ViewBuilder().namespace("team").namespace("red", "team=red");
    return new BenchScene(definitions, view.namespace("demo").build(), Ledger.EMPTY);
  }

  private BenchScene with(SnapshotMap<ServiceRef, ServiceView> services) {
    ClusterView next =
        new ClusterView(
            view.clusterUid(),
            services,
            view.nodes(),
            view.endpoints(),
            view.namespaceLabels(),
            view.addresses());
    return new BenchScene(definitions, next, ledger);
  }

  /// With these Services, added or changed.
  BenchScene with(List<ServiceView> added) {
    SnapshotMap<ServiceRef, ServiceView> services = view.services();
    for (ServiceView service : added) {
      services = services.with(service.ref(), service);
    }
    return with(services);
  }

  /// Without a Service and without its records.
  BenchScene without(ServiceRef service) {
    BenchScene next = with(view.services().without(service));
    Ledger left = ledger;
    for (var entry : ledger.records().entrySet()) {
      if (entry.getValue().holders().getFirst().service().equals(service)) {
        left = new Ledger(left.clusterUid(), left.records().without(entry.getKey()));
      }
    }
    return new BenchScene(definitions, next.view, left);
  }

  /// After the plan was recorded.
  BenchScene recorded(Plan plan) {
    Ledger next = new Ledger(Optional.of(ViewBuilder.CLUSTER_UID), ledger.records());
    for (LedgerEdit edit : plan.edits()) {
      next = next.with(edit);
    }
    return new BenchScene(definitions, view, next);
  }

  /// After the decision about one Service was written to its status.
  BenchScene shown(Plan plan, ServiceRef ref) {
    Decision decision = plan.decisions().find(ref).orElseThrow();
    ServiceView service = view.services().find(ref).orElseThrow();
    return with(
        List.of(ServiceBuilder.of(service).status(decision.addresses(), List.of()).build()));
  }

  /// After the plan was recorded and written to all statuses.
  BenchScene settled(Plan plan) {
    BenchScene next = recorded(plan);
    for (ServiceRef ref : view.services().keySet()) {
      next = next.shown(plan, ref);
    }
    return next;
  }

  /// Planned and settled until nothing changes any more.
  BenchScene settled() {
    Planner planner = new Planner();
    BenchScene scene = this;
    Plan plan = planner.plan(input(Adoption.OPEN));
    for (int pass = 0; pass < 5; pass++) {
      scene = scene.settled(plan);
      plan = planner.plan(scene.input(Adoption.CLOSED));
    }
    if (!plan.edits().isEmpty()) {
      throw new IllegalStateException("the scene does not come to rest");
    }
    return scene;
  }

  PlanInput input(Adoption adoption) {
    return new PlanInput(
        definitions, COMMIT, Optional.of(COMMIT), ledger, view, SpeakerFacts.NONE, adoption, NOW);
  }

  /// Services of TCP/80 with nothing special.
  static List<ServiceView> plain(String prefix, int from, int to) {
    List<ServiceView> services = new ArrayList<>();
    for (int number = from; number < to; number++) {
      services.add(clusterIp(ServiceBuilder.service("demo/" + prefix + number), number).build());
    }
    return services;
  }

  private static ServiceBuilder clusterIp(ServiceBuilder service, int number) {
    return service.clusterIps("172.16." + (number >> 8) % 256 + "." + number % 256);
  }

  /// Services that meet every rule of [#ALL_RULES], each kind as often as the others.
  static List<ServiceView> mixed(String prefix, int from, int to) {
    List<ServiceView> services = new ArrayList<>();
    for (int number = from; number < to; number++) {
      services.add(mixed(prefix + number, number).build());
    }
    return services;
  }

  private static ServiceBuilder mixed(String name, int number) {
    int turn = number / 10;
    ServiceBuilder demo = clusterIp(ServiceBuilder.service("demo/" + name), number);
    return switch (number % 10) {
      case 0 -> demo;
      case 1 -> demo.labels("tier=gold", "app=" + name);
      case 2 -> clusterIp(ServiceBuilder.service("red/" + name), number);
      case 3 -> bothFamilies(demo, number).policy(FamilyPolicy.PREFER_DUAL_STACK);
      case 4 -> bothFamilies(demo, number).policy(FamilyPolicy.REQUIRE_DUAL_STACK);
      case 5 -> demo.annotation("metallb.io/address-pool", "manual");
      case 6 ->
          demo.annotation(
              "gitlb.io/loadBalancerIPs", "10.5." + (128 + turn / 256) + "." + turn % 256);
      case 7 -> demo.annotation("gitlb.io/allow-shared-ip", "dns-" + turn);
      case 8 ->
          demo.annotation("gitlb.io/allow-shared-ip", "dns-" + turn).ports(new Port("UDP", 53));
      default -> demo.annotation("gitlb.io/address-cuont", "2").labels("app=" + name);
    };
  }

  private static ServiceBuilder bothFamilies(ServiceBuilder service, int number) {
    return service.clusterIps(
        "172.16." + (number >> 8) % 256 + "." + number % 256,
        "fd00::" + Integer.toHexString(number % 0xFFFF + 1));
  }
}
