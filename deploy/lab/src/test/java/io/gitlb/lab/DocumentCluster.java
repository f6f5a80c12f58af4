// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.DemoNetwork;
import io.gitlb.demo.DemoNode;
import io.gitlb.demo.Distribution;
import io.gitlb.demo.Installation;
import io.gitlb.demo.cluster.ClusterUser;
import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A whole GitLB on one node (AS 64513), and a Git repository whose documents say much of routers:
/// an FRR of the same AS, on the link and once more from loopback to loopback, and a BIRD (AS
/// 64514) that is reached at an address behind its own, and once more over IPv6. One Service has an
/// address of each family.
final class DocumentCluster {

  /// Of each wait, on a busy machine with two cores.
  static final Duration LIMIT = Duration.ofSeconds(30);

  static final String NODE = "10.77.0.11";
  static final String LOOPBACK = "192.0.2.11";
  static final String NODE_6 = "2001:db8:77::11";

  /// What the addresses of both families are told of as.
  static final String AGGREGATE = "203.0.113.0/28";

  static final String AGGREGATE_6 = "2001:db8:f00::/124";

  /// Told to FRR besides.
  static final String ADDRESS = "203.0.113.0/32";

  private static final Pattern DROPPED =
      Pattern.compile("Connections established \\d+; dropped (\\d+)");

  private static final String DOCUMENTS = "clusters/demo/network.yaml";
  private static final String NAMESPACE = "lab";

  private static final String CONFIGURATION =
      """
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata: {name: routed}
      spec: {addresses: [203.0.113.0/28, "2001:db8:f00::/124"]}
      ---
      apiVersion: metallb.io/v1beta1
      kind: Community
      metadata: {name: marks}
      spec:
        communities:
          - {name: gold, value: "64513:7"}
          - {name: site, value: "large:64513:1:2"}
      ---
      apiVersion: metallb.io/v1beta1
      kind: BGPAdvertisement
      metadata: {name: aggregates}
      spec:
        ipAddressPools: [routed]
        peers: [tor, spine, spine-six]
        aggregationLength: 28
        aggregationLengthV6: 124
        localPref: 200
        communities: [gold, site, "large:64513:9:9"]
      ---
      apiVersion: metallb.io/v1beta1
      kind: BGPAdvertisement
      metadata: {name: addresses}
      spec:
        ipAddressPools: [routed]
        peers: [tor]
        localPref: 300
        communities: [no-advertise]
      ---
      apiVersion: metallb.io/v1beta1
      kind: BFDProfile
      metadata: {name: fast}
      spec: {receiveInterval: 250, transmitInterval: 300, detectMultiplier: 10}
      ---
      apiVersion: gitlb.io/v1
      kind: BGPPeer
      metadata: {name: tor}
      spec:
        myASN: 64513
        peerASN: 64513
        peerAddress: 10.77.0.1
        dualStackAddressFamily: true
        holdTime: 30s
        keepaliveTime: 1s
        connectTime: 1s
        passwordSecret: {name: tor}
        bfdProfile: fast
        enableGracefulRestart: true
        bfdWithGracefulRestart: true
      ---
      apiVersion: metallb.io/v1beta2
      kind: BGPPeer
      metadata: {name: spine}
      spec:
        myASN: 64513
        localASN: 64999
        peerASN: 64514
        peerAddress: 192.0.2.2
        ebgpMultiHop: true
        holdTime: 45s
        connectTime: 1s
        routerID: 192.0.2.99
        passwordSecret: {name: spine}
      ---
      apiVersion: gitlb.io/v1
      kind: BGPPeer
      metadata: {name: spine-six}
      spec:
        myASN: 64513
        peerASN: 64514
        peerAddress: "2001:db8:77::2"
        ttlSecurity: 1
        connectTime: 1s
      ---
      apiVersion: metallb.io/v1beta2
      kind: BGPPeer
      metadata: {name: tor-loopback}
      spec:
        myASN: 64513
        peerASN: 64513
        peerAddress: 192.0.2.1
        sourceAddress: 192.0.2.11
        connectTime: 1s
        bfdProfile: fast
      """;

  private static final String BIRD_CONFIGURATION =
      """
      router id 192.0.2.2;
      protocol device {}
      protocol direct { ipv4; ipv6; }
      protocol bgp spine {
        local 192.0.2.2 as 64514;
        neighbor 10.77.0.11 as 64999;
        multihop;
        password "spine-password";
        passive;
        ipv4 { import all; export none; };
      }
      protocol bgp six {
        local 2001:db8:77::2 as 64514;
        neighbor 2001:db8:77::11 as 64513;
        ttl security on;
        passive;
        ipv6 { import all; export none; };
      }
      """;

  private final Installation installation;
  private final DemoNode node;
  private final Frr frr;
  private final Bird bird;
  private String documents = CONFIGURATION;

  private DocumentCluster(Installation installation, DemoNode node, Frr frr, Bird bird) {
    this.installation = installation;
    this.node = node;
    this.frr = frr;
    this.bird = bird;
  }

  /// Starts everything and waits until every peer has its routes.
  static DocumentCluster start(Lab lab) {
    DemoNetwork.OnTheWire network = DemoNetwork.onTheWire(lab.sandbox());
    DemoNode node = network.nodes().getFirst();
    Host birdHost = lab.host("bird");
    network.lan().attach(birdHost, DemoNetwork.LAN_INTERFACE, "10.77.0.2/24", "2001:db8:77::2/64");
    birdHost.address("lo", "192.0.2.2/32");
    node.host().address(DemoNetwork.LAN_INTERFACE, NODE_6 + "/64");
    node.host().address("lo", LOOPBACK + "/32");
    node.host().ip("route", "add", "192.0.2.2/32", "via", "10.77.0.2").orThrow();
    node.host().ip("route", "add", "192.0.2.1/32", "via", "10.77.0.1").orThrow();
    prepare(network.router());
    Installation installation =
        new Installation(
            lab.sandbox(),
            new Distribution(
                Path.of(System.getProperty("gitlb.distribution", "../dist/target/gitlb"))),
            List.of(node),
            new TreeMap<>(Map.of(DOCUMENTS, CONFIGURATION)),
            Map.of("GITLB_LOG_LEVEL", "DEBUG"));
    DocumentCluster cluster =
        new DocumentCluster(
            installation,
            node,
            network.router(),
            Bird.start(lab.sandbox(), birdHost, BIRD_CONFIGURATION));
    cluster.start();
    return cluster;
  }

  // Three seconds without a packet, both ways: a machine may be busy, and no session is to end
  // here.
  private static void prepare(Frr frr) {
    frr.host().address(DemoNetwork.LAN_INTERFACE, "2001:db8:77::1/64");
    frr.host().address("lo", "192.0.2.1/32");
    frr.host().ip("route", "add", LOOPBACK + "/32", "via", NODE).orThrow();
    frr.configure(
        "log file " + logOf(frr),
        "router bgp 64513",
        "bgp log-neighbor-changes",
        "neighbor 192.0.2.11 remote-as 64513",
        "neighbor 192.0.2.11 update-source 192.0.2.1",
        "neighbor 192.0.2.11 passive",
        "neighbor 192.0.2.11 bfd 10 300 300",
        "neighbor 10.77.0.11 remote-as 64513",
        "neighbor 10.77.0.11 passive",
        "neighbor 10.77.0.11 password tor-password",
        "neighbor 10.77.0.11 bfd 10 300 300",
        "address-family ipv6 unicast",
        "neighbor 10.77.0.11 activate");
  }

  private void start() {
    installation.startApiServer();
    ClusterUser user = installation.user();
    user.createNamespace(NAMESPACE);
    user.createNamespace("gitlb-passwords");
    user.create(secret("tor"));
    user.create(secret("spine"));
    user.create(
        """
        apiVersion: v1
        kind: Service
        metadata: {namespace: lab, name: web}
        spec:
          type: LoadBalancer
          ipFamilyPolicy: RequireDualStack
          selector: {app: web}
          ports: [{name: http, port: 80, protocol: TCP, targetPort: 8080}]
        """);
    user.createReadyEndpoint(new ServiceRef(NAMESPACE, "web"), node.name(), "10.244.0.7");
    installation.startSpeaker(node.name());
    installation.startReconciler();
    awaitSessions();
  }

  private static String secret(String name) {
    return """
    apiVersion: v1
    kind: Secret
    metadata: {namespace: gitlb-passwords, name: %1$s}
    type: kubernetes.io/basic-auth
    stringData: {username: "", password: %1$s-password}
    """
        .formatted(name);
  }

  /// Commits the documents with one word that is another.
  void edit(String before, String after) {
    assertTrue(documents.contains(before), () -> "no document has " + before);
    documents = documents.replace(before, after);
    installation
        .remote()
        .commit(before + " becomes " + after, new TreeMap<>(Map.of(DOCUMENTS, documents)));
  }

  NodeName node() {
    return node.name();
  }

  /// Speaks to the API server.
  ClusterUser user() {
    return installation.user();
  }

  /// Has the API server have the node again.
  void createNode() {
    installation.user().createReadyNode(node.name(), node.clusterAddress());
  }

  Frr frr() {
    return frr;
  }

  /// What the speaker says of its sessions; empty while it does not answer.
  List<PeerStatus> peers() {
    return status().map(SpeakerStatus::peers).orElse(List.of());
  }

  /// What it says of BFD.
  List<BfdStatus> bfd() {
    return status().map(SpeakerStatus::bfd).orElse(List.of());
  }

  private Optional<SpeakerStatus> status() {
    return Optional.ofNullable(installation.speakers().get(node.name()));
  }

  /// Waits until all sessions are up and every route was sent.
  void awaitSessions() {
    Await.until(
        "all sessions are up",
        LIMIT,
        () -> peers().stream().map(DocumentCluster::shown).toList(),
        List.of(
                "spine Established 1",
                "spine-six Established 1",
                "tor Established 4",
                "tor-loopback Established 0")
            ::equals);
  }

  private static String shown(PeerStatus peer) {
    return peer.name() + " " + peer.state() + " " + peer.prefixesSent();
  }

  /// Peer → since when its session is as it is.
  SortedMap<String, Instant> since() {
    return peers().stream()
        .collect(
            Collectors.toMap(
                peer -> peer.name().toString(), PeerStatus::since, (one, _) -> one, TreeMap::new));
  }

  /// In a directory of its own user that goes with it.
  private static Path logOf(Frr frr) {
    return Path.of("/var/run/frr", frr.host().namespace().orElseThrow(), "frr.log");
  }

  /// Waits until FRR has written a line with all of these into its log. Of a session that was
  /// watched by BFD its answers tell a moment later that BFD is down, whatever ended it.
  void awaitLogged(String... parts) {
    Await.until(
        "a line of FRR's log with " + List.of(parts),
        LIMIT,
        () -> frr.host().exec("cat", logOf(frr).toString()).output(),
        log -> log.lines().anyMatch(line -> has(line, parts)));
  }

  /// How often FRR's session on the link has ended.
  int frrSessionEnds() {
    Matcher dropped = DROPPED.matcher(frr.show("show bgp neighbors " + NODE));
    assertTrue(dropped.find(), "FRR does not know the node");
    return Integer.parseInt(dropped.group(1));
  }

  /// BIRD's words for its sessions and since when they are as they are.
  String birdSessions() {
    return bird.show("show protocols")
        .lines()
        .filter(line -> line.contains("BGP"))
        .collect(Collectors.joining("\n"));
  }

  /// What FRR has of a prefix.
  String frrRoute(String prefix) {
    return frr.show("show bgp " + (prefix.contains(":") ? "ipv6" : "ipv4") + " unicast " + prefix);
  }

  /// What BIRD has of a prefix, and since when.
  String birdRoute(String prefix) {
    return bird.show("show route all " + prefix);
  }

  /// Waits until FRR's route has all of these in it.
  String awaitFrr(String prefix, String... parts) {
    return Await.until(
        "FRR's " + prefix, LIMIT, () -> frrRoute(prefix), shown -> has(shown, parts));
  }

  /// Waits until BIRD's route has all of these in it.
  String awaitBird(String prefix, String... parts) {
    return Await.until(
        "BIRD's " + prefix, LIMIT, () -> birdRoute(prefix), shown -> has(shown, parts));
  }

  Bird bird() {
    return bird;
  }

  /// Waits until FRR says all of these.
  void awaitShown(String command, String... parts) {
    Await.until(command + " of FRR", LIMIT, () -> frr.show(command), shown -> has(shown, parts));
  }

  private static boolean has(String shown, String... parts) {
    return Stream.of(parts).allMatch(shown::contains);
  }
}
