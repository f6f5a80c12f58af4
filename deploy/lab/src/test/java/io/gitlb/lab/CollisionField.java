// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A node (AS 64512) and the routers that it dials and that dial it. Each keeps many sessions with
/// the node, each between addresses of its own; for every other one the identifiers favour the
/// node.
final class CollisionField {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// With all routers together.
  static final int SESSIONS =
      Stream.of(CollisionRouter.values()).mapToInt(CollisionRouter::sessions).sum();

  private final SpeakerLab speakers;
  private final LabNode node;
  private final Frr frr;
  private final List<Bird> birds = new ArrayList<>();

  /// Builds it; the speaker runs and knows no peer.
  CollisionField(Lab lab) {
    speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    node = speakers.nodes().getFirst();
    for (CollisionRouter router : CollisionRouter.values()) {
      router.pairs().forEach(k -> node.host().address(LabNode.LAN, router.nodeAddress(k) + "/16"));
    }
    CollisionRouter first = CollisionRouter.FRR;
    frr = Frr.start(lab.sandbox(), host(lab, first), first.configuration());
    CollisionRouter.birds()
        .forEach(one -> birds.add(Bird.start(lab.sandbox(), host(lab, one), one.configuration())));
    speakers.start(node);
  }

  private Host host(Lab lab, CollisionRouter router) {
    Host host = lab.host(router.host());
    speakers
        .lan()
        .attach(
            host,
            LabNode.LAN,
            router.pairs().mapToObj(k -> router.address(k) + "/16").toArray(String[]::new));
    return host;
  }

  /// Where the speaker runs.
  Host host() {
    return node.host();
  }

  /// Has the node dial every router.
  void tell() {
    tell(Routing.hosts(peers(), List.of(IpAddress.of(OnePeer.SERVICE))));
  }

  /// The same, and listen for a peer that does not exist.
  void tellAndListen() {
    List<PeerSettings> all = new ArrayList<>(peers());
    all.add(nobody());
    tell(Routing.hosts(all, List.of(IpAddress.of(OnePeer.SERVICE))));
  }

  /// Ends every session; nobody remembers that one has failed.
  void clear() {
    tell(Routing.NONE);
    frr.show("clear bgp *");
    Await.until("no session is left", LIMIT, this::connections, String::isEmpty);
  }

  private void tell(Routing routing) {
    assertTrue(speakers.route(node, routing), "the speaker did not store it");
  }

  /// Stops the routers as they are, until [#resume]; their kernels go on to take connections.
  void pause() {
    signal("-STOP");
    birds.forEach(bird -> bird.pause());
  }

  /// Lets them go on.
  void resume() {
    signal("-CONT");
    birds.forEach(bird -> bird.resume());
  }

  /// What FRR's bgpd is told by signal.
  private void signal(String name) {
    String directory = "/var/run/frr/" + frr.host().namespace().orElseThrow();
    String pid = frr.host().exec("cat", directory + "/bgpd.pid").orThrow().strip();
    frr.host().exec("kill", name, pid).orThrow();
  }

  private static List<PeerSettings> peers() {
    List<PeerSettings> peers = new ArrayList<>();
    for (CollisionRouter router : CollisionRouter.values()) {
      router.pairs().forEach(k -> peers.add(peer(router, k)));
    }
    return peers;
  }

  private static PeerSettings peer(CollisionRouter router, int k) {
    return peer(
        router.host() + "-" + k,
        router.asn(),
        router.address(k),
        Optional.of((Ipv4) IpAddress.of((k % 2 == 0 ? "10.0.0." : "10.200.0.") + k)),
        Optional.of(IpAddress.of(router.nodeAddress(k))),
        Initiative.ACTIVE);
  }

  /// It is never heard of, and the node listens for it.
  private static PeerSettings nobody() {
    return peer(
        "nobody", 64_599, "10.78.0.99", Optional.empty(), Optional.empty(), Initiative.PASSIVE);
  }

  private static PeerSettings peer(
      String name,
      long asn,
      String address,
      Optional<Ipv4> routerId,
      Optional<IpAddress> source,
      Initiative initiative) {
    return new PeerSettings(
        new PeerName(name),
        new Asn(64_512),
        new RemoteAs.Exactly(new Asn(asn)),
        IpAddress.of(address),
        179,
        Duration.ofSeconds(9),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        routerId,
        source,
        Hops.SINGLE,
        Extras.of(IpFamily.IPV4).withInitiative(initiative));
  }

  /// Both ends of every session say that it is up, and the routers have the route.
  void awaitUp() {
    Await.until("every session is up", LIMIT, this::since, up -> up.size() == SESSIONS);
    Await.until(
        "FRR says so",
        LIMIT,
        () -> frr.show("show bgp summary established"),
        shown ->
            shown.lines().filter(line -> line.startsWith("10.78.2.")).count()
                == CollisionRouter.FRR.sessions());
    birds.forEach(
        bird ->
            Await.until(
                "BIRD says so",
                LIMIT,
                () -> bird.show("show protocols"),
                shown ->
                    shown.lines().filter(line -> line.contains("Established")).count()
                        == CollisionRouter.BIRD_1.sessions()));
    Await.until(
        "FRR has the route",
        LIMIT,
        () -> frr.host().kernelRoute(OnePeer.SERVICE).isPresent(),
        Boolean::booleanValue);
  }

  /// Since when each session that is up is up.
  List<Instant> since() {
    return speakers.status(node).map(SpeakerStatus::peers).orElse(List.of()).stream()
        .filter(peer -> peer.state().equalsIgnoreCase("Established"))
        .map(PeerStatus::since)
        .toList();
  }

  /// Those of the node, a line each.
  String connections() {
    return sockets("established");
  }

  /// The node's in a state, at BGP's port at either end.
  String sockets(String state) {
    return node.host()
        .exec("ss", "-Htn", "state", state, "( sport = :179 or dport = :179 )")
        .output()
        .strip();
  }
}
