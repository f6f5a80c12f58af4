// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// Services with all that can be asked for, and edits of them.
final class RandomServices {

  static final List<String> NAMESPACES = List.of("blue", "green", "red");

  private static final List<String> PREFIXES =
      List.of("gitlb.io/", "gitlb.io/", "metallb.io/", "metallb.universe.tf/");

  private static final List<Port> PORTS =
      List.of(new Port("TCP", 53), new Port("UDP", 53), new Port("TCP", 80), new Port("TCP", 443));

  private final Random random;
  private final EnumSet<RandomFeature> features;
  private int created;

  RandomServices(Random random, EnumSet<RandomFeature> features) {
    this.random = random;
    this.features = features;
  }

  /// Those that may exist.
  static List<ServiceRef> refs() {
    List<ServiceRef> refs = new ArrayList<>();
    for (String namespace : NAMESPACES) {
      for (int i = 0; i < 5; i++) {
        refs.add(new ServiceRef(namespace, "s" + i));
      }
    }
    return refs;
  }

  ServiceView create(ServiceRef ref) {
    created++;
    FamilyPolicy policy = policy();
    return new ServiceView(
        ref,
        "uid-" + created,
        Scope.OURS,
        labels(),
        annotations(),
        clusterIps(policy),
        List.of(),
        policy,
        requestedAddress(),
        ports(),
        trafficPolicy(),
        OptionalInt.empty(),
        selector(),
        List.of(),
        List.of());
  }

  /// The same Service with one or two things changed.
  ServiceView edit(ServiceView old) {
    ServiceView drawn = create(old.ref());
    int what = random.nextInt(7);
    int and = random.nextInt(7);
    boolean families = what == 0 || and == 0;
    return new ServiceView(
        old.ref(),
        old.uid(),
        Scope.OURS,
        what == 1 || and == 1 ? drawn.labels() : old.labels(),
        what == 2 || and == 2 ? drawn.annotations() : old.annotations(),
        families ? drawn.clusterIps() : old.clusterIps(),
        List.of(),
        families ? drawn.familyPolicy() : old.familyPolicy(),
        what == 3 || and == 3 ? drawn.loadBalancerIp() : old.loadBalancerIp(),
        what == 4 || and == 4 ? drawn.ports() : old.ports(),
        what == 5 || and == 5 ? drawn.trafficPolicy() : old.trafficPolicy(),
        OptionalInt.empty(),
        what == 6 || and == 6 ? drawn.selector() : old.selector(),
        old.statusAddresses(),
        old.conditions());
  }

  /// The same Service, and its status shows this.
  static ServiceView with(ServiceView old, Scope scope, List<IpAddress> status) {
    return new ServiceView(
        old.ref(),
        old.uid(),
        scope,
        old.labels(),
        old.annotations(),
        old.clusterIps(),
        old.ipFamilies(),
        old.familyPolicy(),
        old.loadBalancerIp(),
        old.ports(),
        old.trafficPolicy(),
        old.healthCheckNodePort(),
        old.selector(),
        status,
        old.conditions());
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private boolean maybe(RandomFeature feature, int oneIn) {
    return features.contains(feature) && oneIn(oneIn);
  }

  private <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private FamilyPolicy policy() {
    return features.contains(RandomFeature.DUAL)
        ? oneOf(List.of(FamilyPolicy.values()))
        : FamilyPolicy.SINGLE_STACK;
  }

  private List<IpAddress> clusterIps(FamilyPolicy policy) {
    if (maybe(RandomFeature.BAD_INPUT, 10)) {
      return List.of();
    }
    IpAddress four =
        maybe(RandomFeature.CLUSTER, 20)
            ? IpAddress.of("10.0.0.5")
            : IpAddress.of("172.16.0." + (1 + random.nextInt(200)));
    IpAddress six = IpAddress.of("fd00::" + (1 + random.nextInt(200)));
    boolean both =
        switch (policy) {
          case SINGLE_STACK -> false;
          case PREFER_DUAL_STACK -> !oneIn(3);
          case REQUIRE_DUAL_STACK -> !maybe(RandomFeature.BAD_INPUT, 6);
        };
    boolean sixFirst = features.contains(RandomFeature.DUAL) && oneIn(3);
    List<IpAddress> ips = sixFirst ? List.of(six, four) : List.of(four, six);
    return both ? ips : ips.subList(0, 1);
  }

  private SortedMap<String, String> labels() {
    SortedMap<String, String> labels = new TreeMap<>();
    if (oneIn(2)) {
      labels.put("tier", "gold");
    }
    return labels;
  }

  private SortedMap<String, String> annotations() {
    SortedMap<String, String> annotations = new TreeMap<>();
    if (maybe(RandomFeature.REQUESTS, 3)) {
      String value = requests();
      annotations.put(oneOf(PREFIXES) + "loadBalancerIPs", value);
    }
    if (maybe(RandomFeature.BAD_INPUT, 10)) {
      annotations.put(
          oneOf(PREFIXES) + "loadBalancerIPs", oneOf(List.of("10.0.0.300", "10.0.0.1,", ",", "x")));
    }
    if (maybe(RandomFeature.POOL_REQUESTS, 4)) {
      annotations.put(oneOf(PREFIXES) + "address-pool", oneOf(List.of("a", "b", "c")));
    }
    if (maybe(RandomFeature.BAD_INPUT, 12)) {
      annotations.put(oneOf(PREFIXES) + "address-pool", "nobody");
    }
    if (features.contains(RandomFeature.SHARING) && !oneIn(3)) {
      annotations.put(
          oneOf(PREFIXES) + "allow-shared-ip", oneOf(List.of("k1", "k1", "k1", "k2", "")));
    }
    if (maybe(RandomFeature.COUNT, 3)) {
      annotations.put("gitlb.io/address-count", oneOf(List.of("1", "2", "2", "3", "8")));
    }
    if (maybe(RandomFeature.BAD_INPUT, 12)) {
      annotations.put("gitlb.io/address-count", oneOf(List.of("0", "9", "two", "-1")));
    }
    if (maybe(RandomFeature.BAD_INPUT, 8)) {
      annotations.put("gitlb.io/adress-pool", "a");
    }
    return annotations;
  }

  private String requests() {
    IpAddress first = RandomDefinitions.anyAddress(random);
    String value = first.toString();
    IpAddress other = RandomDefinitions.anyAddress(random);
    boolean several =
        features.contains(RandomFeature.COUNT) || features.contains(RandomFeature.BAD_INPUT);
    boolean pair = features.contains(RandomFeature.DUAL) && other.family() != first.family();
    if (pair || (several && oneIn(3))) {
      value += ", " + other;
    }
    return several && oneIn(5) ? value + "," + RandomDefinitions.anyAddress(random) : value;
  }

  private Optional<String> requestedAddress() {
    if (maybe(RandomFeature.BAD_INPUT, 15)) {
      return Optional.of(oneOf(List.of("", "10.0.0", "::ffff:10.0.0.1")));
    }
    return maybe(RandomFeature.REQUESTS, 6)
        ? Optional.of(RandomDefinitions.anyAddress(random).toString())
        : Optional.empty();
  }

  private List<Port> ports() {
    List<Port> ports = new ArrayList<>();
    ports.add(oneOf(PORTS));
    Port second = oneOf(PORTS);
    if (oneIn(3) && !ports.contains(second)) {
      ports.add(second);
    }
    return ports;
  }

  private TrafficPolicy trafficPolicy() {
    return maybe(RandomFeature.SHARING, 3) ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
  }

  private SortedMap<String, String> selector() {
    SortedMap<String, String> selector = new TreeMap<>();
    if (!oneIn(4)) {
      selector.put("app", oneOf(List.of("x", "x", "y")));
    }
    return selector;
  }

  /// In short, for the story.
  static String describe(ServiceView service) {
    return "%s %s %s %s ips=%s lbIP=%s ports=%s %s selector=%s labels=%s %s status=%s"
        .formatted(
            service.ref(),
            service.uid(),
            service.scope(),
            service.familyPolicy(),
            service.clusterIps(),
            service.loadBalancerIp(),
            service.ports(),
            service.trafficPolicy(),
            service.selector(),
            service.labels(),
            service.annotations(),
            service.statusAddresses());
  }
}
