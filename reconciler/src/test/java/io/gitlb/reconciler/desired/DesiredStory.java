// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.DefinitionReader;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Builds desired states from YAML, views and records, and tells what came out in short lines.
final class DesiredStory {

  static final String COMMIT = "1".repeat(40);

  static final String POOL =
      document("IPAddressPool", "lan", "addresses: [\"10.0.0.0/24\", \"2001:db8::/64\"]");
  static final String LAYER2 = POOL + document("L2Advertisement", "l2", "interfaces: []");
  static final String BGP = POOL + document("BGPAdvertisement", "bgp", "peers: []");
  static final String A = "10.0.0.1";

  final ViewBuilder view = new ViewBuilder();
  private Definitions definitions = Definitions.NONE;
  private final SortedMap<String, Definitions> frozen = new TreeMap<>();
  private final SortedMap<IpAddress, AllocationRecord> records = new TreeMap<>();
  private final SortedSet<NodeName> speakers = new TreeSet<>();
  private final SortedMap<IpAddress, NodeName> owners = new TreeMap<>();
  private final SortedMap<NodeName, NodeLinks> links = new TreeMap<>();
  private final SortedMap<IpAddress, NodeName> moves = new TreeMap<>();

  /// One definition.
  ///
  /// @param spec its lines
  static String document(String kind, String name, String... spec) {
    return "---\napiVersion: gitlb.io/v1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + "}\nspec:\n"
        + Arrays.stream(spec).map(line -> "  " + line + "\n").collect(Collectors.joining());
  }

  /// A router of AS 64513.
  ///
  /// @param more lines of its spec
  static String peer(String name, String address, String... more) {
    return document("BGPPeer", name, "myASN: 64512", "peerASN: 64513", "peerAddress: " + address)
        + Arrays.stream(more).map(line -> "  " + line + "\n").collect(Collectors.joining());
  }

  /// Three nodes, of which the last has the pod of the one Service, which has [#A].
  DesiredStory web() {
    nodes("n1", "n2", "n3").view.service(service("demo/web")).endpoints("demo/web", "n3");
    return allocated(A, "demo/web");
  }

  /// What the API server says of a node from now on.
  void trouble(String node, Readiness readiness, Network network, Scheduling scheduling) {
    view.node(
        new NodeView(
            new NodeName(node),
            ViewBuilder.labels(),
            List.of(),
            List.of(),
            readiness,
            network,
            scheduling));
  }

  DesiredStory config(String yaml) {
    definitions = read(yaml);
    return this;
  }

  /// A pool that says `announce: false`.
  DesiredStory silent(String pool) {
    definitions = silent(definitions, pool);
    return this;
  }

  /// The definitions with one pool that says `announce: false`.
  static Definitions silent(Definitions definitions, String pool) {
    return definitions.mapped(
        one ->
            one instanceof AddressPool found && found.name().value().equals(pool)
                ? found.withRules(found.rules().withPresence(AddressPool.Presence.SILENT))
                : one);
  }

  /// The definitions of the commit that records name.
  DesiredStory frozen(String yaml) {
    frozen.put(COMMIT, read(yaml));
    return this;
  }

  private static Definitions read(String yaml) {
    return switch (DefinitionReader.read(List.of(new ConfigFile("test.yaml", yaml)))) {
      case ReadResult.Accepted accepted -> accepted.definitions();
      case ReadResult.Refused refused -> throw new AssertionError(refused.problems().toString());
    };
  }

  /// Nodes with speakers.
  DesiredStory speakers(String... nodes) {
    Arrays.stream(nodes).forEach(node -> speakers.add(new NodeName(node)));
    return this;
  }

  /// Sound nodes with speakers and without labels.
  DesiredStory nodes(String... nodes) {
    Arrays.stream(nodes).forEach(view::node);
    return speakers(nodes);
  }

  DesiredStory owner(String address, String node) {
    owners.put(IpAddress.of(address), new NodeName(node));
    return this;
  }

  /// What an interface of a node reaches, beside what its others do.
  DesiredStory link(String node, String interfaceName, String... prefixes) {
    NodeName name = new NodeName(node);
    NodeLinks known = links.get(name);
    SortedMap<String, SortedSet<IpPrefix>> all =
        known == null ? new TreeMap<>() : new TreeMap<>(known.prefixes());
    all.put(
        interfaceName,
        Arrays.stream(prefixes).map(IpPrefix::of).collect(Collectors.toCollection(TreeSet::new)));
    links.put(name, new NodeLinks(all));
    return this;
  }

  /// For the sake of balance.
  DesiredStory move(String address, String node) {
    moves.put(IpAddress.of(address), new NodeName(node));
    return this;
  }

  DesiredStory record(String address, String pool, String service, State state) {
    return record(address, pool, state, service);
  }

  /// A record with several holders.
  DesiredStory shared(String address, String... services) {
    return record(address, "lan", State.ALLOCATED, services);
  }

  private DesiredStory record(String address, String pool, State state, String... services) {
    IpAddress ip = IpAddress.of(address);
    records.put(
        ip,
        new AllocationRecord(
            ip,
            new PoolName(pool),
            Arrays.stream(services)
                .map(service -> new Holder(ViewBuilder.ref(service), "u", List.of("TCP/80")))
                .toList(),
            state,
            Reason.AUTOMATIC,
            Instant.EPOCH,
            COMMIT));
    return this;
  }

  DesiredStory allocated(String address, String service) {
    return record(address, "lan", service, State.ALLOCATED);
  }

  DesiredContent build() {
    return DesiredStates.buildOnce(input());
  }

  DesiredInput input() {
    return new DesiredInput(
        definitions,
        frozen,
        new Ledger(Optional.of(ViewBuilder.CLUSTER_UID), records),
        view.build(),
        speakers,
        SnapshotMap.copyOf(owners),
        SnapshotMap.empty(),
        SnapshotMap.copyOf(links),
        SnapshotMap.copyOf(moves));
  }

  NodeContent node(String name) {
    return build().nodes().getOrDefault(new NodeName(name), NodeContent.EMPTY);
  }

  private Optional<Announcement> announcement(String node, String address) {
    return node(node).announcements().find(IpAddress.of(address));
  }

  /// The candidates for an address as the node is told, `-` when it is not to announce by layer 2.
  String candidates(String node, String address) {
    return announcement(node, address)
        .flatMap(Announcement::layer2)
        .map(
            layer2 ->
                layer2.candidates().stream().map(NodeName::value).collect(Collectors.joining(" ")))
        .orElse("-");
  }

  /// Where the node asks whether it has an endpoint of the Service of the address, 0 for nowhere.
  int healthCheckNodePort(String node, String address) {
    return announcement(node, address).orElseThrow().healthCheckNodePort().orElse(0);
  }

  /// The interfaces for an address as the node is told.
  List<String> interfaces(String node, String address) {
    return announcement(node, address).flatMap(Announcement::layer2).orElseThrow().interfaces();
  }

  /// The routes of a node to an address, `prefix>peers` and attributes.
  String routes(String node, String address) {
    return announcement(node, address).map(Announcement::routes).orElse(List.of()).stream()
        .map(DesiredStory::text)
        .collect(Collectors.joining("; "));
  }

  private static String text(BgpRoute route) {
    StringBuilder text = new StringBuilder(route.prefix() + ">" + route.peers());
    text.append(route.outlook() == Outlook.LEAVING ? " leaving" : "");
    route.localPreference().ifPresent(preference -> text.append(" pref ").append(preference));
    if (!route.communities().isEmpty()) {
      text.append(' ').append(route.communities());
    }
    return text.toString();
  }

  /// Why the address is not announced, for people.
  String message(String address) {
    DesiredContent.NotAnnounced why = build().notAnnounced().get(IpAddress.of(address));
    return why == null ? "announced" : why.message();
  }

  /// Why nobody announces the address, `announced` when somebody does.
  String reason(String address) {
    DesiredContent.NotAnnounced why = build().notAnnounced().get(IpAddress.of(address));
    return why == null ? "announced" : why.reason().text();
  }
}
