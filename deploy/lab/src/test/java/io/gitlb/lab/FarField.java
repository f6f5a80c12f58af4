// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Segment;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// One speaker, FRR and BIRD, which are two links away by one way and on the node's segment by
/// another. Each session has an address of the node's to itself, so that all can be up at once.
///
///     node 10.80.0.1x ── 10.78.0.2 transit 10.79.0.1 ── 10.79.0.3 FRR, 10.79.0.4 BIRD
///     node 10.78.0.2x ───────────────────────────────── 10.78.0.3 FRR, 10.78.0.4 BIRD
///
/// The same in IPv6 with 2001:db8:80::, 2001:db8:78:: and 2001:db8:79::.
final class FarField {

  static final Duration LIMIT = Duration.ofSeconds(20);

  /// What the node calls itself where nothing else is said.
  static final long ASN = 64_512;

  /// Of more than two octets.
  static final long WIDE_ASN = 4_200_000_001L;

  /// A second route of [FarSession#OWN], with a local preference.
  static final IpAddress PREFERRED = IpAddress.of("203.0.113.112");

  /// The same in IPv6.
  static final IpAddress PREFERRED_6 = IpAddress.of("2001:db8:f00::112");

  static final long PREFERENCE = 250;

  private final SpeakerLab speakers;
  private final LabNode node;
  private final Host transit;
  private final SortedMap<FarRouter, Host> routers = new TreeMap<>();

  private FarField(Lab lab) {
    speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    node = speakers.nodes().getFirst();
    speakers.startOnly(node);
    transit = lab.host("transit");
    Segment far = lab.segment("far");
    speakers.lan().attach(transit, LabNode.LAN, "10.78.0.2/16", "2001:db8:78::2/64");
    far.attach(transit, "eth1", "10.79.0.1/24", "2001:db8:79::1/64");
    for (String family : List.of("ipv4.ip_forward", "ipv6.conf.all.forwarding")) {
      transit.exec("sysctl", "-w", "net." + family + "=1").orThrow();
    }
    route(transit, "10.80.0.0/24", "10.78.0.11");
    route(transit, "2001:db8:80::/64", "2001:db8:78::11");
    for (FarRouter router : FarRouter.values()) {
      Host host = lab.host(router.name().toLowerCase(Locale.ROOT));
      routers.put(router, host);
      speakers
          .lan()
          .attach(
              host,
              LabNode.LAN,
              router.near(IpFamily.IPV4) + "/16",
              router.near(IpFamily.IPV6) + "/64");
      far.attach(
          host, "eth1", router.far(IpFamily.IPV4) + "/24", router.far(IpFamily.IPV6) + "/64");
      route(host, "10.80.0.0/24", "10.79.0.1");
      route(host, "2001:db8:80::/64", "2001:db8:79::1");
    }
    addressNode();
  }

  private void addressNode() {
    node.host().address(LabNode.LAN, "2001:db8:78::11/64");
    route(node.host(), "10.79.0.0/24", "10.78.0.2");
    route(node.host(), "2001:db8:79::/64", "2001:db8:78::2");
    for (FarSession session : FarSession.values()) {
      boolean far = session.isFar();
      node.host()
          .address(
              far ? "lo" : LabNode.LAN, session.address(IpFamily.IPV4) + (far ? "/32" : "/16"));
      if (far) {
        node.host().address("lo", session.address(IpFamily.IPV6) + "/128");
      }
    }
  }

  private static void route(Host host, String prefix, String gateway) {
    String family = prefix.contains(":") ? "-6" : "-4";
    host.ip(family, "route", "add", prefix, "via", gateway).orThrow();
  }

  /// Lays it out; the speaker starts, the routers do not run.
  static FarField layOut(Lab lab) {
    return new FarField(lab);
  }

  SpeakerLab speakers() {
    return speakers;
  }

  LabNode node() {
    return node;
  }

  Host host(FarRouter router) {
    return Objects.requireNonNull(routers.get(router));
  }

  /// Where everything passes between the routers' far addresses and the node.
  Host transit() {
    return transit;
  }

  /// How far away the routers may be for the BFD of [FarSession#FAR].
  enum Reach {
    ONE_LINK,
    TWO_LINKS
  }

  /// Tells the speaker of all sessions and routes.
  void tell(Reach reach) {
    List<PeerSettings> peers = new ArrayList<>();
    SortedMap<IpAddress, List<BgpRoute>> routes = new TreeMap<>();
    for (FarSession session : FarSession.values()) {
      for (IpFamily family : session.families()) {
        SortedSet<PeerName> names = new TreeSet<>();
        for (FarRouter router : FarRouter.values()) {
          if (session.isWith(router)) {
            peers.add(peer(router, session, family, reach));
            names.add(session.peer(router, family));
          }
        }
        add(routes, session.service(family), OptionalLong.empty(), names);
        if (session == FarSession.OWN) {
          add(
              routes,
              family == IpFamily.IPV4 ? PREFERRED : PREFERRED_6,
              OptionalLong.of(PREFERENCE),
              names);
        }
      }
    }
    speakers.awaitAnswer(node);
    assertTrue(speakers.route(node, peers, routes), "the speaker did not store it");
  }

  private static void add(
      SortedMap<IpAddress, List<BgpRoute>> routes,
      IpAddress address,
      OptionalLong preference,
      SortedSet<PeerName> peers) {
    routes.put(
        address, List.of(new BgpRoute(IpPrefix.host(address), preference, List.of(), peers)));
  }

  private static PeerSettings peer(
      FarRouter router, FarSession session, IpFamily family, Reach reach) {
    boolean far = session.isFar();
    return new PeerSettings(
        session.peer(router, family),
        new Asn(
            switch (session) {
              case OWN -> router.asn();
              case WIDE -> WIDE_ASN;
              case FAR, SHORT, BARE, OVERRIDE, STRICT, GUARDED, LAX -> ASN;
            }),
        new PeerSettings.RemoteAs.Exactly(new Asn(router.asn())),
        IpAddress.of(far ? router.far(family) : router.near(family)),
        179,
        Duration.ofSeconds(90),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.of(IpAddress.of(session.address(family))),
        session == FarSession.FAR ? Hops.MULTIPLE : Hops.SINGLE,
        extras(router, session, family, reach));
  }

  private static Extras extras(FarRouter router, FarSession session, IpFamily family, Reach reach) {
    Extras plain = Extras.of(family);
    int ttl = router.arrivingTtl();
    return switch (session) {
      case FAR -> plain.withBfd(Optional.of(bfd(reach == Reach.ONE_LINK ? ttl + 1 : ttl)));
      case OWN -> plain.withBfd(Optional.of(bfd(ttl)));
      case GUARDED -> plain.withTtlSecurity(OptionalInt.of(1));
      case SHORT, WIDE, BARE, OVERRIDE, STRICT, LAX -> plain;
    };
  }

  private static BfdSettings bfd(int minimumTtl) {
    return new BfdSettings(
        OnePeer.BFD.receiveInterval(),
        OnePeer.BFD.transmitInterval(),
        OnePeer.BFD.detectMultiplier(),
        OnePeer.BFD.role(),
        minimumTtl);
  }

  /// Waits for a session to be as wanted.
  PeerStatus awaitPeer(String what, PeerName name, Predicate<PeerStatus> condition) {
    return Await.until(
            name + ": " + what,
            LIMIT,
            () -> peer(name),
            found -> found.filter(condition).isPresent())
        .orElseThrow();
  }

  void awaitUp(PeerName name) {
    awaitPeer("the session is up", name, peer -> peer.state().equalsIgnoreCase("Established"));
  }

  Optional<PeerStatus> peer(PeerName name) {
    return status()
        .flatMap(
            status -> status.peers().stream().filter(one -> one.name().equals(name)).findFirst());
  }

  /// Waits for the BFD of a session to be in that state.
  void awaitBfd(PeerName name, String state) {
    Await.until(
        name + ": BFD is " + state,
        LIMIT,
        () -> status().map(SpeakerStatus::bfd).orElse(List.of()),
        found -> found.stream().anyMatch(one -> isOf(one, name) && one.state().equals(state)));
  }

  private static boolean isOf(BfdStatus bfd, PeerName name) {
    return bfd.peers().contains(name);
  }

  private Optional<SpeakerStatus> status() {
    return speakers.status(node);
  }

  /// Waits until the kernel of a router has the route by way of that.
  ///
  /// @param way empty: has no such route
  void awaitRoute(FarRouter router, IpAddress service, String way) {
    Await.until(
        router + " has " + service + " by " + way,
        LIMIT,
        () -> kernelRoute(router, service),
        found -> way.isEmpty() ? found.isEmpty() : found.contains(way));
  }

  String kernelRoute(FarRouter router, IpAddress service) {
    String family = service.family() == IpFamily.IPV4 ? "-4" : "-6";
    String prefix = IpPrefix.host(service).toString();
    return host(router).ip(family, "route", "show", "exact", prefix).output().strip();
  }
}
