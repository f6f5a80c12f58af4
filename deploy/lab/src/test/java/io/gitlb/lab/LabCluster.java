// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.DemoNetwork;
import io.gitlb.demo.DemoNode;
import io.gitlb.demo.Distribution;
import io.gitlb.demo.Installation;
import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A whole GitLB on two nodes of one segment, with a client, an FRR (AS 64513) and a BIRD (AS
/// 64514) beside them. Pool `lan` is announced by ARP; pool `routed` by BGP to both routers, for
/// Services that name it.
final class LabCluster {

  /// From the creation of a Service to anything that follows from it, on a busy machine with two
  /// cores.
  static final Duration LIMIT = Duration.ofSeconds(30);

  static final String FIRST_LAN_ADDRESS = "10.77.0.100";
  static final String FIRST_ROUTED_ADDRESS = "203.0.113.0";

  private static final String NAMESPACE = "lab";

  // Without a sweep: what a test puts on the link is found by the probe of an allocation.
  private static final String CONFIGURATION =
      """
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata: {name: lan}
      spec: {addresses: [10.77.0.100-10.77.0.149], retain: 0s, reuseDelay: 0s, sweep: false}
      ---
      apiVersion: metallb.io/v1beta1
      kind: L2Advertisement
      metadata: {name: lan}
      spec: {ipAddressPools: [lan]}
      ---
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata: {name: routed}
      spec: {addresses: [203.0.113.0/28], autoAssign: false, retain: 0s, reuseDelay: 0s}
      ---
      apiVersion: metallb.io/v1beta1
      kind: BGPAdvertisement
      metadata: {name: routed}
      spec: {ipAddressPools: [routed]}
      ---
      apiVersion: metallb.io/v1beta2
      kind: BGPPeer
      metadata: {name: frr}
      spec: {myASN: 64512, peerASN: 64513, peerAddress: 10.77.0.1, holdTime: 9s}
      ---
      apiVersion: metallb.io/v1beta2
      kind: BGPPeer
      metadata: {name: bird}
      spec: {myASN: 64512, peerASN: 64514, peerAddress: 10.77.0.2, holdTime: 9s}
      """;

  private static final String BIRD_CONFIGURATION =
      """
      router id 10.77.0.2;
      protocol device {}
      protocol kernel { ipv4 { export all; }; merge paths on; }
      template bgp node {
        local 10.77.0.2 as 64514;
        hold time 9;
        connect retry time 2;
        ipv4 { import all; export none; };
      }
      protocol bgp node_a from node { neighbor 10.77.0.11 as 64512; passive; }
      protocol bgp node_b from node { neighbor 10.77.0.12 as 64512; passive; }
      """;

  private final DemoNetwork.OnTheWire network;
  private final Installation installation;
  private final Bird bird;

  /// Node → the process of its speaker.
  private final SortedMap<NodeName, RunningProcess> speakers = new TreeMap<>();

  private RunningProcess reconciler;

  private LabCluster(DemoNetwork.OnTheWire network, Installation installation, Bird bird) {
    this.network = network;
    this.installation = installation;
    this.bird = bird;
    installation.startApiServer();
    installation.user().createNamespace(NAMESPACE);
    for (DemoNode node : network.nodes()) {
      startSpeaker(node.name());
    }
    this.reconciler = installation.startReconciler();
  }

  /// Starts everything; the reconciler may still be on its way to its first pass.
  static LabCluster start(Lab lab) {
    DemoNetwork.OnTheWire network = DemoNetwork.onTheWire(lab.sandbox());
    Host birdHost = lab.host("bird");
    network.lan().attach(birdHost, DemoNetwork.LAN_INTERFACE, "10.77.0.2/24");
    Bird bird = Bird.start(lab.sandbox(), birdHost, BIRD_CONFIGURATION);
    Installation installation =
        new Installation(
            lab.sandbox(),
            new Distribution(
                Path.of(System.getProperty("gitlb.distribution", "../dist/target/gitlb"))),
            network.nodes(),
            new TreeMap<>(Map.of("clusters/demo/network.yaml", CONFIGURATION)),
            Map.of("GITLB_LOG_LEVEL", "DEBUG"));
    return new LabCluster(network, installation, bird);
  }

  Installation installation() {
    return installation;
  }

  /// Puts another host beside the nodes, which is none of them.
  void attach(Host stranger, String... cidrs) {
    network.lan().attach(stranger, DemoNetwork.LAN_INTERFACE, cidrs);
  }

  Host client() {
    return network.client();
  }

  Frr frr() {
    return network.router();
  }

  Bird bird() {
    return bird;
  }

  List<DemoNode> nodes() {
    return network.nodes();
  }

  RunningProcess reconciler() {
    return reconciler;
  }

  RunningProcess speaker(NodeName node) {
    return java.util.Objects.requireNonNull(
        speakers.get(node), "no speaker was started for " + node);
  }

  void startReconciler() {
    reconciler = installation.startReconciler();
  }

  void startSpeaker(NodeName node) {
    speakers.put(node, installation.startSpeaker(node));
  }

  /// Creates a Service of type LoadBalancer with a ready pod on the first node, and waits for its
  /// address.
  ///
  /// @param pool the pool to ask for; empty for any
  ServiceRef createServed(String name, String pool) {
    ServiceRef service = new ServiceRef(NAMESPACE, name);
    SortedMap<String, String> annotations = new TreeMap<>();
    if (!pool.isEmpty()) {
      annotations.put("metallb.io/address-pool", pool);
    }
    installation.user().createLoadBalancer(service, annotations);
    installation.user().createReadyEndpoint(service, nodes().getFirst().name(), "10.244.0.7");
    Await.until(
        "the Service has an address", LIMIT, () -> addresses(service), found -> !found.isEmpty());
    return service;
  }

  /// Creates a Service with a ready pod that asks for this very address; waits for nothing.
  ServiceRef createRequesting(String name, String address) {
    ServiceRef service = new ServiceRef(NAMESPACE, name);
    installation
        .user()
        .createLoadBalancer(service, new TreeMap<>(Map.of("gitlb.io/loadBalancerIPs", address)));
    installation.user().createReadyEndpoint(service, nodes().getFirst().name(), "10.244.0.8");
    return service;
  }

  List<String> addresses(ServiceRef service) {
    return installation.user().addresses(service);
  }

  /// Waits until exactly one node announces the address by ARP.
  DemoNode awaitAnnouncer(String address) {
    List<DemoNode> found =
        Await.until(
            "one node announces " + address,
            LIMIT,
            () -> nodes().stream().filter(node -> announces(node, address)).toList(),
            announcers -> announcers.size() == 1);
    return found.getFirst();
  }

  /// Every MAC address that answers the client for an address, asked twice by broadcast.
  List<MacAddress> answers(String address) {
    return client().arping(DemoNetwork.LAN_INTERFACE, address, 2).stream().distinct().toList();
  }

  private boolean announces(DemoNode node, String address) {
    SpeakerStatus status = installation.speakers().get(node.name());
    return status != null
        && status.announcements().stream()
            .filter(announcement -> announcement.address().toString().equals(address))
            .anyMatch(announcement -> announcement.state() == AnnouncementState.ANNOUNCED);
  }
}
