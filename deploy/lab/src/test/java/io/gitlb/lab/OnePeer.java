// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.lab.segment.WireJudge;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// One node that tells one router of one address, and what the two make of it.
final class OnePeer {

  static final String ROUTER = "10.78.0.1";
  static final String NODE = "10.78.0.11";
  static final PeerName NAME = new PeerName("router");

  /// What the router is told of.
  static final String SERVICE = "203.0.113.10";

  /// 3 x 100 ms.
  static final BfdSettings BFD =
      new BfdSettings(
          Duration.ofMillis(100), Duration.ofMillis(100), 3, BfdSettings.Role.ACTIVE, 254);

  private final SpeakerLab speakers;
  private final LabNode node;
  private final Host router;
  private final Path logs;
  private final Duration limit;

  private OnePeer(SpeakerLab speakers, Host router, Path logs, Duration limit) {
    this.speakers = speakers;
    this.logs = logs;
    this.node = speakers.nodes().getFirst();
    this.router = router;
    this.limit = limit;
  }

  /// Lays it out; neither runs.
  ///
  /// @param limit of each wait
  static OnePeer layOut(Lab lab, Duration limit) {
    SpeakerLab speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    Host router = lab.host("router");
    speakers.lan().attach(router, LabNode.LAN, ROUTER + "/16");
    return new OnePeer(speakers, router, lab.sandbox().logs(), limit);
  }

  /// The router as the node, of AS 64512, has it.
  ///
  /// @param asn of the router
  static PeerSettings peer(long asn, Duration holdTime, Extras extras) {
    return peer(
        new RemoteAs.Exactly(new Asn(asn)),
        IpAddress.of(ROUTER),
        holdTime,
        Optional.of(IpAddress.of(NODE)),
        extras);
  }

  /// The same with what is left to us to find out: the address of our end. The hold time is 9 s.
  static PeerSettings peer(RemoteAs as, IpAddress address, Extras extras) {
    return peer(as, address, Duration.ofSeconds(9), Optional.empty(), extras);
  }

  private static PeerSettings peer(
      RemoteAs as,
      IpAddress address,
      Duration holdTime,
      Optional<IpAddress> source,
      Extras extras) {
    return new PeerSettings(
        NAME,
        new Asn(64_512),
        as,
        address,
        179,
        holdTime,
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        source,
        Hops.SINGLE,
        extras);
  }

  SpeakerLab speakers() {
    return speakers;
  }

  LabNode node() {
    return node;
  }

  /// Where the router is to be started.
  Host router() {
    return router;
  }

  /// Begins to listen to what the node says.
  WireJudge judge() {
    return WireJudge.start(node, logs.resolve("wire.pcap")); // Stays with the logs of a failure.
  }

  /// Tells the speaker, which runs, of the router and the address.
  void tell(PeerSettings peer) {
    tell(peer, List.of(SERVICE));
  }

  /// Tells it of the router and of these addresses.
  void tell(PeerSettings peer, List<String> services) {
    Routing routing = Routing.hosts(List.of(peer), services.stream().map(IpAddress::of).toList());
    assertTrue(speakers.route(node, routing), "the speaker did not store it");
  }

  /// Tells it of the router and the address, and of a peer that is to know of no route.
  void tell(PeerSettings peer, PeerSettings other) {
    Routing routing = Routing.hosts(List.of(peer), List.of(IpAddress.of(SERVICE)));
    assertTrue(
        speakers.route(node, List.of(peer, other), routing.routes()),
        "the speaker did not store it");
  }

  /// From now on the router's BFD packets do not arrive any more; BGP's do.
  ///
  /// @param family of them, as nft names it
  void loseBfd(String family) {
    String table = family + " cut";
    nft("add table " + table);
    nft("add chain " + table + " out { type filter hook output priority 0 ; }");
    nft("add rule " + table + " out udp dport 3784 drop");
  }

  /// The opposite of [#loseBfd].
  void restoreBfd(String family) {
    nft("delete table " + family + " cut");
  }

  private void nft(String command) {
    router.exec("nft", command).orThrow();
  }

  /// Waits for the session of [#BFD].
  void awaitBfd() {
    awaitBfd("Up");
  }

  /// Waits for sessions in these states, in the order of their peers' addresses; whichever is up is
  /// so with the intervals of [#BFD].
  void awaitBfd(String... states) {
    Await.until(
        "BFD is " + List.of(states),
        limit,
        this::bfd,
        found ->
            found.stream().map(BfdStatus::state).toList().equals(List.of(states))
                && found.stream()
                    .filter(session -> session.state().equals("Up"))
                    .allMatch(session -> session.detectionTime().equals(Duration.ofMillis(300))));
  }

  /// Its BFD sessions, in the order of their peers' addresses.
  List<BfdStatus> bfd() {
    return speakers.status(node).map(SpeakerStatus::bfd).orElse(List.of());
  }

  void awaitPeer(String what, Predicate<PeerStatus> condition) {
    Await.until(
        what,
        limit,
        () -> speakers.status(node).map(SpeakerStatus::peers).orElse(List.of()),
        found -> found.stream().anyMatch(condition));
  }

  /// @param condition of what the router's kernel has; empty without a route
  void awaitRoute(String what, Predicate<String> condition) {
    awaitRoute(what, SERVICE, condition);
  }

  /// @param service one of the addresses that were told
  void awaitRoute(String what, String service, Predicate<String> condition) {
    Await.until(what, limit, () -> kernelRoute(service), condition);
  }

  String kernelRoute() {
    return kernelRoute(SERVICE);
  }

  private String kernelRoute(String service) {
    IpAddress address = IpAddress.of(service);
    return router
        .ip(
            address.family() == IpFamily.IPV4 ? "-4" : "-6",
            "route",
            "show",
            "exact",
            IpPrefix.host(address).toString())
        .output()
        .strip();
  }
}
