// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.BgpCapture;
import io.gitlb.lab.segment.BgpMessage;
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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Routers that dial us while we dial them (RFC 4271 section 6.8). We listen only where some peer
/// is passive, so two connections with one router come about only on a port that another peer has
/// us listen on: here a peer that does not exist. Each router keeps many sessions with the node,
/// each between addresses of its own, so that one round is as many races; in every other one the
/// identifiers favour the node. A router is stopped while the node dials, until it wants to dial
/// itself: when it goes on both connections are there together.
@NeedsLab
final class CollisionLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final int SESSIONS = Stream.of(Router.values()).mapToInt(one -> one.pairs).sum();

  private static final int MORE = Integer.getInteger("gitlb.random.rounds", 1);

  /// Races that are wanted, and of each make of router. A router gives up an attempt to connect
  /// when it has our OPEN, and many that wait for it have come with theirs.
  private static final int WANTED = 20 * MORE;

  private static final int OF_EACH = 4 * MORE;

  private static final int ROUNDS = 5 * MORE;

  /// In which both ends try again at least once.
  private static final Duration RETRY = Duration.ofMillis(1_200);

  /// Nobody has more to say than of one route.
  private static final int FRAME = 2_000;

  /// Cease, Connection Collision Resolution (RFC 4486).
  private static final int COLLISION = 0x0607;

  private static final Pattern ROUTERS_END = Pattern.compile("10\\.78\\.[1357]\\.\\d+:");

  @RegisterExtension final Lab lab = new Lab();

  private SpeakerLab speakers;
  private LabNode node;
  private Frr frr;
  private final List<Bird> birds = new ArrayList<>();

  /// A router: its addresses are 10.78.NET.K, those of the node beside them 10.78.NET+1.K, with K
  /// from 1 on. While a BIRD is stopped no more than nine connections wait for it in the kernel, so
  /// there are three.
  private enum Router {
    FRR(1, 32),
    BIRD_1(3, 8),
    BIRD_2(5, 8),
    BIRD_3(7, 8);

    private final int net;
    private final int pairs;

    Router(int net, int pairs) {
      this.net = net;
      this.pairs = pairs;
    }

    String host() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    long asn() {
      return 64_600L + net;
    }

    IntStream pairs() {
      return IntStream.rangeClosed(1, pairs);
    }

    String address(int k) {
      return "10.78." + net + "." + k;
    }

    String nodeAddress(int k) {
      return "10.78." + (net + 1) + "." + k;
    }

    /// @param line of its configuration: of the address of the node and its own
    String eachPair(String line) {
      return pairs()
          .mapToObj(k -> line.formatted(nodeAddress(k), address(k)))
          .collect(Collectors.joining());
    }

    static List<Router> birds() {
      return Stream.of(values()).filter(router -> router != FRR).toList();
    }
  }

  @Test
  void ofTwoConnectionsOneSurvivesWhoeverTheIdentifiersFavour() throws InterruptedException {
    tell(peers());
    awaitUp();
    assertEquals("", sockets("listening"), "no peer is passive, and it listens");

    int rounds = 0;
    Races races = new Races(0, 0);
    while (!races.suffice()) {
      assertTrue(rounds < ROUNDS, "connections hardly ever meet: " + races);
      races = races.plus(race(rounds++));
    }
    System.out.println("two connections met in " + rounds + " rounds: " + races);
  }

  /// How often two connections met.
  private record Races(int withFrr, int withBird) {

    boolean suffice() {
      return withFrr + withBird >= WANTED && Math.min(withFrr, withBird) >= OF_EACH;
    }

    Races plus(Races other) {
      return new Races(withFrr + other.withFrr, withBird + other.withBird);
    }
  }

  private Races race(int round) throws InterruptedException {
    assertTrue(speakers.route(node, Routing.NONE), "the speaker did not store it");
    frr.show("clear bgp *"); // It forgets that sessions have failed.
    Await.until("no session is left", LIMIT, this::connections, String::isEmpty);
    Thread.sleep(RETRY);
    BgpCapture capture =
        BgpCapture.startShort(
            node.host(), lab.sandbox().logs().resolve("round-" + round + ".pcap"), FRAME);
    try {
      signal("-STOP");
      birds.forEach(bird -> bird.pause());
      List<PeerSettings> all = new ArrayList<>(peers());
      all.add(nobody());
      tell(all);
      Thread.sleep(RETRY);
    } finally {
      signal("-CONT");
      birds.forEach(bird -> bird.resume());
    }
    awaitUp();
    List<Instant> since = since();
    Thread.sleep(RETRY);
    assertEquals(since, since(), "sessions that ended when they had been up");
    assertEquals(SESSIONS, connections().lines().count(), this::connections);
    return judge(capture.stop());
  }

  private static Races judge(List<BgpMessage> messages) {
    // router's end → connections on which we have said something, and those that were ended (1:N)
    SortedMap<String, Set<String>> begun = new TreeMap<>();
    SortedMap<String, Set<String>> ended = new TreeMap<>();
    for (BgpMessage message : messages) {
      Matcher end = ROUTERS_END.matcher(message.connection());
      assertTrue(end.find(), message::toString);
      String pair = end.group();
      if (message.type() == BgpMessage.NOTIFICATION) {
        assertEquals(COLLISION, message.error(), message::toString);
        ended.computeIfAbsent(pair, _ -> new HashSet<>()).add(message.connection());
      } else if (message.type() == BgpMessage.OPEN && !message.source().equals(addressOf(pair))) {
        begun.computeIfAbsent(pair, _ -> new HashSet<>()).add(message.connection());
      }
    }
    ended.forEach((pair, both) -> assertEquals(1, both.size(), () -> pair + " ended " + both));
    assertEquals(SESSIONS, begun.size(), () -> begun.toString());
    begun.values().removeIf(connections -> connections.size() < 2);
    int withFrr = (int) begun.keySet().stream().filter(end -> end.startsWith("10.78.1.")).count();
    return new Races(withFrr, begun.size() - withFrr);
  }

  private static String addressOf(String end) {
    return end.substring(0, end.length() - 1);
  }

  @BeforeEach
  void layOut() {
    speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    node = speakers.nodes().getFirst();
    for (Router router : Router.values()) {
      router.pairs().forEach(k -> node.host().address(LabNode.LAN, router.nodeAddress(k) + "/16"));
    }
    frr = Frr.start(lab.sandbox(), host(Router.FRR), frrConfiguration());
    Router.birds()
        .forEach(one -> birds.add(Bird.start(lab.sandbox(), host(one), birdConfiguration(one))));
    speakers.start(node);
  }

  private Host host(Router router) {
    Host host = lab.host(router.host());
    speakers
        .lan()
        .attach(
            host,
            LabNode.LAN,
            router.pairs().mapToObj(k -> router.address(k) + "/16").toArray(String[]::new));
    return host;
  }

  private static String frrConfiguration() {
    return """
    hostname router
    router bgp 64601
     bgp router-id 10.78.0.1
     no bgp ebgp-requires-policy
    """
        + Router.FRR.eachPair(
            """
             neighbor %1$s remote-as 64512
             neighbor %1$s update-source %2$s
             neighbor %1$s timers connect 1
            """);
  }

  private static String birdConfiguration(Router router) {
    return """
    router id 10.78.0.1;
    protocol device {}
    protocol kernel { ipv4 { export all; }; }
    template bgp node {
      connect delay time 1; connect retry time 1; error wait time 1, 1;
      ipv4 { import all; export none; };
    }
    """
        + router.eachPair(
            "protocol bgp from node { neighbor %1$s as 64512; local %2$s as ASN; }\n"
                .replace("ASN", String.valueOf(router.asn())));
  }

  /// What FRR's bgpd is told by signal.
  private void signal(String name) {
    String directory = "/var/run/frr/" + frr.host().namespace().orElseThrow();
    String pid = frr.host().exec("cat", directory + "/bgpd.pid").orThrow().strip();
    frr.host().exec("kill", name, pid).orThrow();
  }

  private void tell(List<PeerSettings> peers) {
    Routing routing = Routing.hosts(peers, List.of(IpAddress.of(OnePeer.SERVICE)));
    assertTrue(speakers.route(node, routing), "the speaker did not store it");
  }

  private static List<PeerSettings> peers() {
    List<PeerSettings> peers = new ArrayList<>();
    for (Router router : Router.values()) {
      router.pairs().forEach(k -> peers.add(peer(router, k)));
    }
    return peers;
  }

  private static PeerSettings peer(Router router, int k) {
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
  private void awaitUp() {
    Await.until("every session is up", LIMIT, this::since, up -> up.size() == SESSIONS);
    Await.until(
        "FRR says so",
        LIMIT,
        () -> frr.show("show bgp summary established"),
        shown ->
            shown.lines().filter(line -> line.startsWith("10.78.2.")).count() == Router.FRR.pairs);
    birds.forEach(
        bird ->
            Await.until(
                "BIRD says so",
                LIMIT,
                () -> bird.show("show protocols"),
                shown ->
                    shown.lines().filter(line -> line.contains("Established")).count()
                        == Router.BIRD_1.pairs));
    Await.until(
        "FRR has the route",
        LIMIT,
        () -> frr.host().kernelRoute(OnePeer.SERVICE).isPresent(),
        Boolean::booleanValue);
  }

  /// Since when each session that is up is up.
  private List<Instant> since() {
    return speakers.status(node).map(SpeakerStatus::peers).orElse(List.of()).stream()
        .filter(peer -> peer.state().equalsIgnoreCase("Established"))
        .map(PeerStatus::since)
        .toList();
  }

  private String connections() {
    return sockets("established");
  }

  /// Of the node, at BGP's port at either end.
  private String sockets(String state) {
    return node.host()
        .exec("ss", "-Htn", "state", state, "( sport = :179 or dport = :179 )")
        .output()
        .strip();
  }
}
