// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.facts;

import io.gitlb.reconciler.cluster.ClusterAddresses;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import io.gitlb.schema.yaml.YamlTree.Mapping;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/// Reads what [FactsText] writes. Fields that it does not know, from a newer version, are passed
/// over; an entry that it cannot read is left out and reported, so that what it told of counts as
/// unknown.
public final class FactsReader {

  private final SortedMap<ServiceRef, ServiceView> services = new TreeMap<>();
  private final SortedMap<ServiceRef, EndpointView> endpoints = new TreeMap<>();
  private final SortedMap<NodeName, NodeView> nodes = new TreeMap<>();
  private final SortedMap<String, SortedMap<String, String>> namespaces = new TreeMap<>();
  private final SortedMap<IpAddress, String> single = new TreeMap<>();
  private final SortedMap<IpRange, String> ranges = new TreeMap<>();
  private final SortedSet<NodeName> speakers = new TreeSet<>();
  private final SortedMap<IpAddress, NodeName> owners = new TreeMap<>();
  private final List<String> unreadable = new ArrayList<>();

  private FactsReader() {}

  /// What was read.
  ///
  /// @param facts empty when nobody ever wrote any
  /// @param unreadable paths of files of which something could not be read, sorted
  public record Read(Optional<Facts> facts, List<String> unreadable) {

    public Read {
      unreadable = unreadable.stream().distinct().sorted().toList();
    }
  }

  /// Reads the files of a ledger.
  ///
  /// @param files path → text; those that are no facts are passed over
  public static Read read(Map<String, String> files) {
    FactsReader reader = new FactsReader();
    Optional<Mapping> head =
        Optional.ofNullable(files.get(Facts.AS_OF))
            .flatMap(text -> YamlDocuments.readOne(Facts.AS_OF, text));
    Optional<Instant> asOf =
        head.flatMap(found -> found.text("asOf")).flatMap(FactsReader::instant);
    if (asOf.isEmpty()) {
      return new Read(
          Optional.empty(), files.containsKey(Facts.AS_OF) ? List.of(Facts.AS_OF) : List.of());
    }
    files.forEach(
        (path, text) -> {
          if (path.startsWith(Facts.DIRECTORY) && !path.equals(Facts.AS_OF)) {
            reader.file(path, text);
          }
        });
    String uid = head.flatMap(found -> found.text("clusterUid")).orElse("");
    return new Read(Optional.of(reader.facts(asOf.get(), uid)), reader.unreadable);
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  private Facts facts(Instant asOf, String clusterUid) {
    for (ServiceView service : services.values()) {
      service
          .clusterIps()
          .forEach(address -> single.put(address, "the cluster IP of " + service.ref()));
    }
    return new Facts(
        asOf,
        new ClusterView(
            clusterUid,
            SnapshotMap.copyOf(services),
            SnapshotMap.copyOf(nodes),
            SnapshotMap.copyOf(endpoints),
            SnapshotMap.copyOf(namespaces),
            new ClusterAddresses(SnapshotMap.copyOf(single), SnapshotMap.copyOf(ranges))),
        speakers,
        SnapshotMap.copyOf(owners));
  }

  private void file(String path, String text) {
    Optional<Mapping> file = YamlDocuments.readOne(path, text);
    if (file.isEmpty()) {
      unreadable.add(path);
      return;
    }
    each(path, file.get(), "services", this::service);
    each(path, file.get(), "namespaces", this::namespace);
    each(path, file.get(), "nodes", this::node);
    each(path, file.get(), "owners", this::owner);
    each(path, file.get(), "addresses", this::address);
  }

  private void each(String path, Mapping file, String key, Consumer<Mapping> read) {
    for (YamlTree item : file.items(key)) {
      try {
        if (!(item instanceof Mapping entry)) {
          throw new IllegalArgumentException(key);
        }
        read.accept(entry);
      } catch (IllegalArgumentException _) {
        unreadable.add(path);
      }
    }
  }

  private void service(Mapping entry) {
    ServiceRef ref = new ServiceRef(text(entry, "namespace"), text(entry, "name"));
    List<IpAddress> clusterIps = list(entry, "clusterIPs").stream().map(IpAddress::of).toList();
    TrafficPolicy policy =
        one(entry, "externalTrafficPolicy", TrafficPolicy.values(), FactsWords::of)
            .orElse(TrafficPolicy.CLUSTER);
    services.put(
        ref,
        new ServiceView(
            ref,
            entry.text("uid").orElse(""),
            one(entry, "scope", Scope.values(), FactsWords::of).orElse(Scope.OURS),
            map(entry, "labels"),
            map(entry, "annotations"),
            clusterIps,
            families(entry, clusterIps),
            one(entry, "ipFamilyPolicy", FamilyPolicy.values(), FactsWords::of)
                .orElse(FamilyPolicy.SINGLE_STACK),
            entry.text("loadBalancerIP"),
            list(entry, "ports").stream().map(FactsReader::port).toList(),
            policy,
            OptionalInt.empty(),
            map(entry, "selector"),
            List.of(),
            List.of()));
    SortedSet<NodeName> on = new TreeSet<>();
    list(entry, "endpointNodes").forEach(node -> on.add(new NodeName(node)));
    if (!on.isEmpty() || entry.text("endpoints").isPresent()) {
      endpoints.put(ref, new EndpointView(Math.max(1, on.size()), on));
    }
  }

  private static List<IpFamily> families(Mapping entry, List<IpAddress> clusterIps) {
    List<IpFamily> families =
        list(entry, "ipFamilies").stream()
            .flatMap(
                text -> Arrays.stream(IpFamily.values()).filter(one -> one.toString().equals(text)))
            .toList();
    return families.isEmpty() ? clusterIps.stream().map(IpAddress::family).toList() : families;
  }

  private static ServiceView.Port port(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(text);
    }
    return new ServiceView.Port(
        text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
  }

  private void namespace(Mapping entry) {
    namespaces.put(text(entry, "name"), map(entry, "labels"));
  }

  private void node(Mapping entry) {
    NodeName name = new NodeName(text(entry, "name"));
    nodes.put(
        name,
        new NodeView(
            name,
            map(entry, "labels"),
            list(entry, "addresses").stream().map(IpAddress::of).toList(),
            list(entry, "podCIDRs").stream().map(IpPrefix::of).toList(),
            is(entry, "ready", FactsWords.NO) ? Readiness.NOT_READY : Readiness.READY,
            is(entry, "network", FactsWords.NO) ? Network.UNAVAILABLE : Network.AVAILABLE,
            is(entry, "schedulable", FactsWords.NO)
                ? Scheduling.CORDONED
                : Scheduling.SCHEDULABLE));
    if (is(entry, "speaker", FactsWords.YES)) {
      speakers.add(name);
    }
  }

  private void owner(Mapping entry) {
    owners.put(IpAddress.of(text(entry, "address")), new NodeName(text(entry, "node")));
  }

  private void address(Mapping entry) {
    String use = text(entry, "use");
    Optional<String> range = entry.text("range");
    if (range.isEmpty()) {
      single.put(IpAddress.of(text(entry, "address")), use);
      return;
    }
    int dash = range.get().indexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException(range.get());
    }
    ranges.put(
        new IpRange(
            IpAddress.of(range.get().substring(0, dash)),
            IpAddress.of(range.get().substring(dash + 1))),
        use);
  }

  private static String text(Mapping entry, String key) {
    return entry.text(key).orElseThrow(() -> new IllegalArgumentException(key + " is missing"));
  }

  private static boolean is(Mapping entry, String key, String value) {
    return entry.text(key).filter(value::equals).isPresent();
  }

  private static <E> Optional<E> one(
      Mapping entry, String key, E[] values, Function<E, String> word) {
    return entry
        .text(key)
        .map(
            text ->
                Arrays.stream(values)
                    .filter(value -> word.apply(value).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(key + ": " + text)));
  }

  private static List<String> list(Mapping entry, String key) {
    return entry.items(key).stream()
        .map(
            item -> {
              if (item instanceof YamlTree.Scalar scalar) {
                return scalar.text();
              }
              throw new IllegalArgumentException(key);
            })
        .toList();
  }

  private static SortedMap<String, String> map(Mapping entry, String key) {
    SortedMap<String, String> map = new TreeMap<>();
    entry
        .mapping(key)
        .ifPresent(
            found ->
                found
                    .entries()
                    .forEach(
                        (name, value) -> {
                          if (value.value() instanceof YamlTree.Scalar scalar) {
                            map.put(name, scalar.text());
                          }
                        }));
    return map;
  }
}
