// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.SpeakerLab;
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
import io.gitlb.schema.value.PeerName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One speaker (AS 64512) and a host for a router of another make (AS 64513). They keep two
/// sessions: `four` over IPv4, and `six` over IPv6 with TTL security and routes of both families,
/// the IPv4 ones with an IPv6 next hop where the router can. Both have graceful restart and a
/// password. Everything on the wire is captured.
final class PeerLab {

  static final Duration LIMIT = Duration.ofSeconds(20);

  static final String ROUTER = "10.78.0.1";
  static final String ROUTER_6 = "2001:db8:78::1";
  static final String NODE = "10.78.0.11";
  static final String NODE_6 = "2001:db8:78::11";

  /// The password of both sessions.
  static final String PASSWORD = "lab-password";

  /// With communities 64512:100 and no-export, large community 64512:1:2; on session `four`.
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

  /// What Wireshark cannot read, or gives the severity "warning" or "error".
  private static final String WRONG =
      "_ws.malformed || (bgp && _ws.expert.group == \"Malformed\") || (bgp && _ws.expert.group == \"Protocol\")";

  private static final PeerName FOUR = new PeerName("four");
  private static final PeerName SIX = new PeerName("six");

  private final SpeakerLab speakers;
  private final LabNode node;
  private final Host router;
  private final RunningProcess capture;
  private final Path captured;
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
    captured = lab.sandbox().logs().resolve("bgp.pcap"); // Stays with the logs of a failure.
    try {
      Files.writeString(passwordFile, PASSWORD + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    capture =
        node.host()
            .start(
                "tcpdump",
                List.of(
                    "tcpdump",
                    "-i",
                    LabNode.LAN,
                    "-U",
                    "-Z",
                    "root",
                    "-w",
                    captured.toString(),
                    "tcp port 179 or icmp6"),
                Map.of());
  }

  /// Builds it; the speaker runs and knows no peer.
  static PeerLab start(Lab lab) {
    PeerLab peers = new PeerLab(lab);
    peers.speakers.start(peers.node);
    return peers;
  }

  /// Where the router is to be started.
  Host router() {
    return router;
  }

  /// Tells the speaker of its peers and routes.
  ///
  /// @param signed the sessions with a password, by the family of their connection
  void tell(IpFamily... signed) {
    List<IpFamily> all = List.of(signed);
    PeerSettings four =
        peer(
            FOUR,
            ROUTER,
            NODE,
            new Extras(
                new TreeSet<>(List.of(IpFamily.IPV4)),
                RESTART_TIME,
                password(all.contains(IpFamily.IPV4))));
    PeerSettings six =
        peer(
            SIX,
            ROUTER_6,
            NODE_6,
            new Extras(
                    new TreeSet<>(List.of(IpFamily.values())),
                    RESTART_TIME,
                    password(all.contains(IpFamily.IPV6)))
                .withTtlSecurity(OptionalInt.of(1)));
    SortedMap<IpAddress, List<BgpRoute>> routes = new TreeMap<>();
    add(routes, OVER_IPV4, MARKS, FOUR);
    add(routes, IPV4_OVER_IPV6, List.of(), SIX);
    add(routes, OVER_IPV6, MARKS, SIX);
    assertTrue(speakers.route(node, List.of(four, six), routes), "the speaker did not store it");
  }

  private Optional<PeerPassword> password(boolean signed) {
    return signed
        ? Optional.of(new PeerPassword.InFile(passwordFile.toString()))
        : Optional.empty();
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
    Await.until(
        "both sessions are up",
        LIMIT,
        () -> speakers.status(node).map(SpeakerStatus::peers).orElse(List.of()),
        found ->
            found.stream()
                .map(PeerLab::shown)
                .toList()
                .equals(List.of("four ESTABLISHED 1", "six ESTABLISHED 2")));
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
    String ours = "(ip.src == " + NODE + " || ipv6.src == " + NODE_6 + ")";
    assertEquals("", tshark("bgp.type == 3 && " + ours), "NOTIFICATIONs of ours");
  }

  /// The same with a router that keeps nothing.
  void killAndStartSpeaker() {
    speakers.speaker(node).kill();
    speakers.start(node);
    awaitSessions();
  }

  /// How many OPENs of ours have said that we come back from a restart.
  long restarts() {
    return tshark("bgp.cap.gr.timers.restart_flag == 1 && tcp.dstport == 179").lines().count();
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

  /// Ends the capture: Wireshark finds nothing wrong with any message of the sessions.
  void nothingWasMalformed() {
    capture.stop();
    assertEquals("", tshark(WRONG, "-V"), "malformed");
    assertFalse(tshark("bgp.type == 2 && ip.src == " + NODE).isEmpty(), "nothing was captured");
  }

  /// Waits until the router has sent UPDATEs too, and Wireshark has them from both addresses.
  void awaitUpdates() {
    for (String source : List.of("ip.src == " + ROUTER, "ipv6.src == " + ROUTER_6)) {
      Await.until(
          "an UPDATE with " + source,
          LIMIT,
          () -> tshark("bgp.type == 2 && " + source),
          found -> !found.isEmpty());
    }
  }

  /// The captured frames that match, one a line.
  private String tshark(String filter, String... more) {
    List<String> command =
        new ArrayList<>(List.of("tshark", "-r", captured.toString(), "-Y", filter));
    command.addAll(List.of(more));
    List<String> lines = node.host().exec(command.toArray(String[]::new)).output().lines().toList();
    // The last frame may be half written: no reason to refuse the others.
    List<String> complaints =
        lines.stream()
            .filter(line -> line.startsWith("tshark:") && !line.contains("cut short"))
            .toList();
    assertEquals(List.of(), complaints, "tshark cannot judge");
    return lines.stream()
        .filter(line -> !line.startsWith("Running as user") && !line.startsWith("tshark:"))
        .collect(Collectors.joining("\n"))
        .strip();
  }
}
