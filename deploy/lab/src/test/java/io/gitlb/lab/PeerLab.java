// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.lab.segment.WireJudge;
import io.gitlb.lab.segment.WireJudge.Sent;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// One speaker (AS 64512) and a host for a router of another make (AS 64513). They keep two
/// sessions: `four` over IPv4, and `six` over IPv6 with routes of both families, the IPv4 ones with
/// an IPv6 next hop where the router can. Both have graceful restart, a password and TTL security;
/// every route has communities of both kinds. Everything on the wire is captured.
final class PeerLab {

  static final Duration LIMIT = Duration.ofSeconds(20);

  static final String ROUTER = "10.78.0.1";
  static final String ROUTER_6 = "2001:db8:78::1";
  static final String NODE = "10.78.0.11";
  static final String NODE_6 = "2001:db8:78::11";

  /// The password of both sessions.
  static final String PASSWORD = "lab-password";

  /// On session `four`; like the others with communities 64512:100 and no-export, and the large
  /// community 64512:1:2.
  static final String OVER_IPV4 = "203.0.113.10/32";

  /// An IPv4 route on session `six`.
  static final String IPV4_OVER_IPV6 = "203.0.113.20/32";

  /// On session `six`.
  static final String OVER_IPV6 = "2001:db8:f00::20/128";

  private static final List<Community> MARKS =
      List.of(
          new Community.Standard((64_512 << 16) | 100),
          new Community.Standard(0xFFFF_FF01),
          new Community.Large(64_512, 1, 2));

  private static final Optional<Duration> RESTART_TIME = Optional.of(Duration.ofMinutes(1));

  private static final Set<Sent> SAID =
      Set.of(
          Sent.OPEN,
          Sent.OPEN_AFTER_RESTART,
          Sent.KEEPALIVE,
          Sent.UPDATE,
          Sent.END_OF_RIB_IPV4,
          Sent.END_OF_RIB_IPV6);

  private static final Ipv4 FIRST_OF_MANY = (Ipv4) IpAddress.of("10.200.0.0");

  /// More than one UPDATE has room for.
  private static final int MANY = 1_000;

  private static final PeerName FOUR = new PeerName("four");
  private static final PeerName SIX = new PeerName("six");

  private final SpeakerLab speakers;
  private final LabNode node;
  private final Host router;
  private final WireJudge judge;
  private final Path passwordFile;

  private PeerLab(Lab lab) {
    speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    node = speakers.nodes().getFirst();
    node.host().address(LabNode.LAN, NODE_6 + "/64");
    router = lab.host("router");
    speakers.lan().attach(router, LabNode.LAN, ROUTER + "/16", ROUTER_6 + "/64");
    passwordFile = lab.sandbox().scratch().resolve("password");
    try {
      Files.writeString(passwordFile, PASSWORD + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Stays with the logs of a failure.
    judge = WireJudge.start(node, lab.sandbox().logs().resolve("bgp.pcap"));
  }

  /// Builds it; the speaker runs and knows no peer.
  static PeerLab start(Lab lab) {
    PeerLab peers = new PeerLab(lab);
    peers.speakers.start(peers.node);
    return peers;
  }

  /// What every one of these tests makes a speaker say, and more.
  static Set<Sent> said(Sent... more) {
    Set<Sent> said = EnumSet.copyOf(SAID);
    said.addAll(List.of(more));
    return said;
  }

  /// Where the router is to be started.
  Host router() {
    return router;
  }

  /// Tells the speaker of its peers and routes.
  void tell() {
    tell(routes());
  }

  /// The same, and of so many routes more on session `four`.
  void tellMore(int count) {
    SortedMap<IpAddress, List<BgpRoute>> routes = routes();
    for (int i = 0; i < count; i++) {
      add(routes, new Ipv4(FIRST_OF_MANY.bits() + i) + "/32", List.of(), FOUR);
    }
    tell(routes);
    awaitSessions(1 + count, 2);
  }

  /// Takes every route back, and then the peers away.
  void leave() {
    tell(new TreeMap<>());
    awaitSessions(0, 0);
    assertTrue(speakers.route(node, Routing.NONE), "the speaker did not store it");
    Await.until(
        "each peer is told that it is one no more",
        LIMIT,
        () -> judge.count(Sent.NOTIFICATION),
        count -> count >= 2);
  }

  private void tell(SortedMap<IpAddress, List<BgpRoute>> routes) {
    PeerSettings four = peer(FOUR, ROUTER, NODE, extras(IpFamily.IPV4));
    PeerSettings six = peer(SIX, ROUTER_6, NODE_6, extras(IpFamily.values()));
    assertTrue(speakers.route(node, List.of(four, six), routes), "the speaker did not store it");
  }

  private static SortedMap<IpAddress, List<BgpRoute>> routes() {
    SortedMap<IpAddress, List<BgpRoute>> routes = new TreeMap<>();
    add(routes, OVER_IPV4, MARKS, FOUR);
    add(routes, IPV4_OVER_IPV6, MARKS, SIX);
    add(routes, OVER_IPV6, MARKS, SIX);
    return routes;
  }

  private Extras extras(IpFamily... families) {
    return new Extras(
            new TreeSet<>(List.of(families)),
            RESTART_TIME,
            Optional.of(new PeerPassword.InFile(passwordFile.toString())))
        .withTtlSecurity(OptionalInt.of(1));
  }

  private static void add(
      SortedMap<IpAddress, List<BgpRoute>> routes,
      String prefix,
      List<Community> communities,
      PeerName peer) {
    IpAddress address = IpAddress.of(prefix.substring(0, prefix.indexOf('/')));
    routes.put(
        address,
        List.of(
            new BgpRoute(
                IpPrefix.host(address),
                OptionalLong.empty(),
                communities,
                new TreeSet<>(List.of(peer)))));
  }

  /// FRR sends router advertisements for extended next hops, and the node gets one more address by
  /// them: ours is to be said.
  private static PeerSettings peer(PeerName name, String address, String source, Extras extras) {
    return new PeerSettings(
        name,
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of(address),
        179,
        Duration.ofSeconds(9),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.of(IpAddress.of(source)),
        Hops.SINGLE,
        extras);
  }

  /// Waits until both sessions are up and every route was sent.
  void awaitSessions() {
    awaitSessions(1, 2);
  }

  private void awaitSessions(int four, int six) {
    Await.until(
        "both sessions are up",
        LIMIT,
        this::peers,
        found ->
            found.stream()
                .map(PeerLab::shown)
                .toList()
                .equals(List.of("four ESTABLISHED " + four, "six ESTABLISHED " + six)));
  }

  private List<PeerStatus> peers() {
    return speakers.status(node).map(SpeakerStatus::peers).orElse(List.of());
  }

  private static String shown(PeerStatus peer) {
    return peer.name() + " " + peer.state().toUpperCase(Locale.ROOT) + " " + peer.prefixesSent();
  }

  /// Waits until the kernel of the router has each of the routes, by way of the node.
  void awaitRoutes(String... prefixes) {
    for (String prefix : prefixes) {
      Await.until(
          "the router's kernel has " + prefix, LIMIT, () -> kernelRoute(prefix), r -> !r.isEmpty());
    }
  }

  /// Waits until what the router says has all of these in it.
  static String awaitShown(String what, Supplier<String> command, String... parts) {
    return Await.until(what, LIMIT, command, shown -> Stream.of(parts).allMatch(shown::contains));
  }

  String kernelRoute(String prefix) {
    String family = prefix.contains(":") ? "-6" : "-4";
    return router.ip(family, "route", "show", "exact", prefix).output().strip();
  }

  /// Kills the speaker as an out-of-memory killer does and starts it again. The router keeps its
  /// routes all the time.
  ///
  /// @param stale whether the router says that it keeps routes of a speaker that is away
  /// @param rib what the router's table of routes has of a prefix
  void killAndStartSpeaker(BooleanSupplier stale, UnaryOperator<String> rib)
      throws InterruptedException {
    startAgain(() -> speakers.speaker(node).kill(), stale, rib);
  }

  /// The same with a speaker that is told to end: it says no NOTIFICATION.
  void stopAndStartSpeaker(BooleanSupplier stale, UnaryOperator<String> rib)
      throws InterruptedException {
    startAgain(() -> speakers.speaker(node).stop(), stale, rib);
    assertEquals(0, judge.count(Sent.NOTIFICATION), "NOTIFICATIONs of ours");
  }

  /// The same with a router that keeps nothing.
  void killAndStartSpeaker() {
    speakers.speaker(node).kill();
    speakers.start(node);
    awaitSessions();
  }

  private void startAgain(Runnable end, BooleanSupplier stale, UnaryOperator<String> rib)
      throws InterruptedException {
    RunningProcess monitor = router.start("monitor", List.of("ip", "monitor", "route"), Map.of());
    List<String> all = List.of(OVER_IPV4, IPV4_OVER_IPV6, OVER_IPV6);
    try (RibWatch watch = new RibWatch(all, rib)) {
      end.run();
      Await.until("the router keeps the routes", LIMIT, stale::getAsBoolean, Boolean::booleanValue);
      speakers.start(node);
      awaitSessions();
      Await.until("the routes are fresh again", LIMIT, stale::getAsBoolean, keeps -> !keeps);
      Thread.sleep(200); // What the kernel was told is on its way through the monitor.
      assertEquals("", watch.absence());
    }
    for (String prefix : all) {
      String shown = rib.apply(prefix);
      assertTrue(RibWatch.isThere(shown), () -> prefix + ": " + shown);
    }
    monitor.stop();
    for (String prefix : List.of("203.0.113.10", "203.0.113.20", "2001:db8:f00::20")) {
      assertFalse(monitor.output().contains("Deleted " + prefix), monitor::output);
    }
  }

  /// What the speaker says is heard here.
  WireJudge judge() {
    return judge;
  }

  /// Waits until the router has sent UPDATEs too, and Wireshark has them from both addresses.
  void awaitUpdates() {
    for (String source : List.of("ip.src == " + ROUTER, "ipv6.src == " + ROUTER_6)) {
      Await.until(
          "an UPDATE with " + source,
          LIMIT,
          () -> judge.saw("bgp.type == 2 && " + source),
          Boolean::booleanValue);
    }
  }

  /// Has the router, which has a table of some size then, ask for all of it again.
  ///
  /// @param ask does that for both sessions
  /// @param four how the router knows what belongs to it on session `four`; on `six` by RFC 7313
  /// @param rib what the router's table of routes has of a prefix
  void refresh(Runnable ask, SoftRefresh.Marks four, UnaryOperator<String> rib)
      throws InterruptedException {
    tellMore(MANY);
    List<String> addresses = new ArrayList<>(List.of("203.0.113.10"));
    for (int i = 0; i < MANY; i++) {
      addresses.add(new Ipv4(FIRST_OF_MANY.bits() + i).toString());
    }
    String last = addresses.getLast() + "/32";
    Await.until("the router has " + last, LIMIT, () -> rib.apply(last), RibWatch::isThere);
    new SoftRefresh(router, judge, this::peers, rib)
        .run(
            ask,
            List.of(
                new SoftRefresh.Wanted("ip.src == " + NODE, four, 1, addresses),
                new SoftRefresh.Wanted(
                    "ipv6.src == " + NODE_6,
                    SoftRefresh.Marks.AROUND,
                    2,
                    List.of("203.0.113.20", "2001:db8:f00::20"))),
            List.of(OVER_IPV4, last, IPV4_OVER_IPV6, OVER_IPV6));
    tell();
    awaitSessions();
  }
}
