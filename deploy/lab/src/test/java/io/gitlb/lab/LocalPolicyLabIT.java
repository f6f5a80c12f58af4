// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.HealthPort;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.TrafficClient;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// An address of a Service with the traffic policy Local, and a route to one, follow the endpoints
/// from node to node while the reconciler is dead. The bars are far from what is expected on a
/// quiet machine; the figures are printed.
@NeedsLab
final class LocalPolicyLabIT {

  private static final int PORT = 31_234;
  private static final int ROUNDS = Math.min(100, 5 * Integer.getInteger("gitlb.random.rounds", 1));
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /// A connection that takes longer is no good one.
  private static final Duration GOOD = Duration.ofMillis(250);

  /// How long two may answer while one hands over to the other.
  private static final Duration DOUBLED = Duration.ofSeconds(1);

  private static final Duration JOINS = Duration.ofMillis(50);

  /// Nobody has answered for so long: as many questions as a busy machine may lose together.
  private static final long SILENCE = Duration.ofSeconds(1).toNanos();

  private static final IpAddress ROUTED = IpAddress.of(OnePeer.SERVICE);

  private static final PeerSettings ROUTER =
      OnePeer.peer(
          new RemoteAs.Exactly(new Asn(64_513)),
          IpAddress.of(OnePeer.ROUTER),
          Extras.of(IpFamily.IPV4));

  private static final String BIRD =
      """
      router id 10.78.0.1;
      protocol device {}
      protocol kernel { ipv4 { export all; }; }
      template bgp node {
        local 10.78.0.1 as 64513;
        passive;
        ipv4 { import all; export none; };
      }
      protocol bgp from node { neighbor 10.78.0.11 as 64512; }
      protocol bgp from node { neighbor 10.78.0.12 as 64512; }
      protocol bgp from node { neighbor 10.78.0.13 as 64512; }
      """;

  @RegisterExtension static final Lab LAB = new Lab();

  private List<HealthPort> proxies;
  private Field field;
  private Ipv4 address;

  /// @param proxies of the nodes, by number
  private record Scene(Field field, List<HealthPort> proxies) {

    static Scene layOut() {
      Field field = Field.open(LAB.sandbox(), SpeakerLabLabIT.distribution(), 3, 1);
      List<HealthPort> proxies = new ArrayList<>();
      field.lab().nodes().forEach(node -> proxies.add(HealthPort.start(node, PORT)));
      proxies.getFirst().begin();
      field.lab().healthPort(PORT);
      field.decide(field.allCandidates(1));
      field.lab().killReconciler();
      return new Scene(field, proxies);
    }
  }

  /// The first node alone has an endpoint.
  @BeforeEach
  void begin() {
    Scene scene = LAB.keep(Scene.class, Scene::layOut);
    field = scene.field();
    proxies = scene.proxies();
    address = field.addresses().getFirst();
    proxies.forEach(HealthPort::end);
    proxies.getFirst().begin();
    field.settleOn(address, field.lab().nodes().getFirst());
    forget();
  }

  @Test
  void theOwnerFollowsTheEndpointAndTrafficFollowsTheOwner() throws InterruptedException {
    List<Double> moves = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      int to = (i + 1) % proxies.size();
      LabNode next = field.lab().nodes().get(to);
      Thread.sleep(pause(i));
      long start = System.nanoTime();
      proxies.get(i % proxies.size()).end();
      proxies.get(to).begin();
      Optional<Sight> answer =
          field
              .observer()
              .await(start, LIMIT, sight -> sight.mac().equals(next.mac()) && !sight.gratuitous());
      moves.add(millis(answer.orElseThrow().nanos() - start));

      long moved = System.nanoTime() + GOOD.toNanos();
      Thread.sleep(2 * GOOD.toMillis());
      Span after = new Span(moved, System.nanoTime());
      Thread.sleep(GOOD.toMillis());
      List<TrafficClient.Attempt> attempts = field.traffic().begunIn(after);
      Duration good = GOOD.plus(field.control().stalled(after));
      assertFalse(attempts.isEmpty(), "no traffic");
      assertTrue(attempts.stream().allMatch(one -> one.within(good)), attempts::toString);
      assertSingle(new Span(start, after.to()));
      forget();
    }
    tell("endpoint moved -> the other node answers", moves, 2_500);
  }

  @Test
  void withoutAnEndpointNobodyAnswersAndEverySpeakerSaysWhy() throws InterruptedException {
    List<Double> silences = new ArrayList<>();
    List<Double> returns = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      Thread.sleep(pause(i));
      long start = System.nanoTime();
      proxies.get(i % proxies.size()).end();
      Await.until(
          "nobody answers", LIMIT, () -> System.nanoTime() - last(start), past -> past > SILENCE);
      silences.add(millis(last(start) - start));
      int round = i;
      Await.until("the statuses say why", LIMIT, () -> reasons(round), List::isEmpty);
      assertTrue(System.nanoTime() - last(start) > SILENCE, "answered again");

      long back = System.nanoTime();
      proxies.get((i + 1) % proxies.size()).begin();
      Optional<Sight> answer = field.observer().await(back, LIMIT, sight -> !sight.gratuitous());
      returns.add(millis(answer.orElseThrow().nanos() - back));
      forget();
    }
    tell("endpoint gone -> nobody answers", silences, 1_500);
    tell("endpoint back -> somebody answers", returns, 2_500);
  }

  /// Each speaker decides alone for its node whether the router is told.
  @Test
  void theRouteFollowsTheEndpointAndLeavesTheRouterWithTheLast() {
    Host router = LAB.host("router");
    field.lab().lan().attach(router, LabNode.LAN, OnePeer.ROUTER + "/16");
    Bird.start(LAB.sandbox(), router, BIRD);
    List<LabNode> nodes = field.lab().nodes();
    Routing routing = Routing.hosts(List.of(ROUTER), List.of(ROUTED)).local(ROUTED, PORT);
    nodes.forEach(node -> assertTrue(field.lab().route(node, routing), "not stored"));
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      proxies.get(i).begin();
      awaitRoute(router, "via " + nodes.get(i).address() + " ");
      long start = System.nanoTime();
      proxies.get(i).end();
      awaitRoute(router, "none");
      losses.add(millis(System.nanoTime() - start));
    }
    tell("last endpoint gone -> no route in the kernel", losses, 1_500);

    // A reconciler that lives has a say too.
    proxies.getFirst().begin();
    awaitRoute(router, "via");
    Routing none = Routing.of(List.of(ROUTER), new TreeMap<>());
    assertTrue(field.lab().route(nodes.getFirst(), none), "not stored");
    awaitRoute(router, "none");
    field.lab().reviveReconciler();
    field.decide(field.allCandidates(1));
    field.lab().killReconciler();
  }

  private static void awaitRoute(Host router, String part) {
    Await.until(
        "the router's route: " + part,
        LIMIT,
        () -> router.kernelRoute(ROUTED + "/32").orElse("none"),
        shown -> shown.contains(part));
  }

  @Test
  void aProxyThatRestartsDropsNothingUntilAnotherNodeHasAnEndpoint() throws InterruptedException {
    LabNode owner = field.lab().nodes().getFirst();
    LabNode next = field.lab().nodes().get(1);
    long start = System.nanoTime();
    proxies.getFirst().close();
    Thread.sleep(3_000);
    Span away = new Span(start, System.nanoTime());
    Thread.sleep(GOOD.toMillis());
    assertEquals(Set.of(owner.mac()), answering(away), "only the owner answers while it is away");
    Duration gap = field.traffic().longestGap(away, GOOD);
    Duration stalled = field.control().stalled(away);
    assertTrue(
        gap.compareTo(GOOD.multipliedBy(2).plus(stalled)) < 0,
        () -> "a gap while the proxy was away: " + gap + ", stalls " + stalled);

    proxies.get(1).begin();
    field.settleOn(address, next);
    assertSingle(new Span(away.to(), System.nanoTime()));
    proxies.set(0, HealthPort.start(owner, PORT));
  }

  /// Who answered for the address.
  private Set<MacAddress> answering(Span span) {
    return answers(span).stream().map(Sight::mac).collect(Collectors.toSet());
  }

  private List<Sight> answers(Span span) {
    return field.observer().since(span.from()).stream()
        .filter(sight -> sight.nanos() < span.to())
        .filter(sight -> sight.address().equals(address) && !sight.gratuitous())
        .toList();
  }

  /// The old one answers until it has heard of the new one, and no longer.
  private void assertSingle(Span span) {
    Duration bar = DOUBLED.plus(field.control().stalled(span));
    for (Span both : Answering.doubles(answers(span), JOINS)) {
      assertTrue(both.length().compareTo(bar) < 0, () -> "two answer for " + both.length());
    }
  }

  /// What is wrong with the statuses; a speaker has told its own within a moment.
  private List<String> reasons(int round) {
    List<String> wrong = new ArrayList<>();
    for (LabNode node : field.lab().nodes()) {
      Optional<String> reason =
          field.lab().status(node).map(SpeakerStatus::announcements).orElse(List.of()).stream()
              .findFirst()
              .flatMap(SpeakerStatus.AnnouncementStatus::reason);
      if (!reason.equals(Optional.of("NoLocalEndpoint"))) {
        wrong.add(node.name() + " in round " + round + ": " + reason);
      }
    }
    return wrong;
  }

  private long last(long start) {
    return field.observer().since(start).stream()
        .filter(sight -> sight.address().equals(address) && !sight.gratuitous())
        .mapToLong(Sight::nanos)
        .max()
        .orElse(start);
  }

  private void forget() {
    field.observer().forgetBefore(System.nanoTime());
    field.traffic().forgetBefore(System.nanoTime() - TrafficClient.LIMIT.toNanos());
  }

  /// Any time of the interval between two questions of a speaker.
  private static long pause(int round) {
    return 300 + round * 97L % 250;
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }

  private static void tell(String what, List<Double> millis, double bar) {
    List<Double> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    int p99 = Math.min(sorted.size() - 1, (int) (sorted.size() * 0.99));
    System.out.printf(
        "%s: median %.0f ms, p99 %.0f ms, longest %.0f ms, of %d%n",
        what, sorted.get(sorted.size() / 2), sorted.get(p99), sorted.getLast(), sorted.size());
    assertTrue(sorted.getLast() < bar, () -> what + ": " + sorted);
  }
}
