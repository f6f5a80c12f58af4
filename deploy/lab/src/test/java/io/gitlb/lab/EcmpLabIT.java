// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.EcmpField;
import io.gitlb.lab.segment.LabBridge.Damage;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.RouteMonitor;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.UdpFlows;
import io.gitlb.schema.value.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A router that spreads flows over three nodes: one dies, all are upgraded, one leaves.
@NeedsLab
final class EcmpLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int FLOWS = 24;

  @RegisterExtension final Lab lab = new Lab();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDeadNodeCostsItsFlowsLessThanASecond(boolean gracefulRestart) throws InterruptedException {
    EcmpField field =
        open(
            Duration.ofMillis(100),
            gracefulRestart ? Optional.of(Duration.ofMinutes(1)) : Optional.empty());
    try (UdpFlows flows = UdpFlows.start(field.client(), EcmpField.SERVICE, FLOWS)) {
      Thread.sleep(Duration.ofSeconds(1));
      long begun = System.nanoTime();
      SortedSet<Integer> serving = all(flows, new Span(begun - 500_000_000L, begun));
      assertEquals(3, serving.size(), "nodes with flows before");

      LabNode dead = field.speakers().nodes().getFirst();
      field.speakers().lan().damage(dead.host(), Damage.CUT);
      LabNode.kill(field.speakers().speaker(dead));
      Thread.sleep(Duration.ofSeconds(3));

      Span span = new Span(begun, System.nanoTime() - UdpFlows.LIMIT.toNanos());
      Duration gap = flows.longestGap(span);
      System.out.printf("a node died: the longest gap of a flow is %d ms%n", gap.toMillis());
      assertTrue(gap.compareTo(Duration.ofSeconds(1)) < 0, gap::toString);
      assertEquals(2, field.ways(EcmpField.SERVICE));
    }
  }

  @Test
  void aRollingUpgradeLosesNoPacketOfAnyFlowAndALeavingNodeNeither() throws InterruptedException {
    EcmpField field = open(Duration.ofMillis(300), Optional.of(Duration.ofMinutes(1)));
    RouteMonitor monitor = RouteMonitor.start(field.router());
    try (UdpFlows flows = UdpFlows.start(field.client(), EcmpField.SERVICE, FLOWS)) {
      Thread.sleep(Duration.ofSeconds(1));
      Instant begin = Instant.now();
      long begun = System.nanoTime();
      for (LabNode node : field.speakers().nodes()) {
        upgrade(field, node);
      }
      Thread.sleep(UdpFlows.LIMIT.multipliedBy(2));
      Span span = new Span(begun, System.nanoTime() - UdpFlows.LIMIT.toNanos());
      System.out.printf(
          "three upgrades in %d s: %d packets lost, longest gap %d ms%n",
          span.length().toSeconds(), flows.lost(span), flows.longestGap(span).toMillis());
      assertEquals(List.of(), monitor.since(begin, EcmpField.SERVICE), "the route stays as it is");
      assertEquals(0, flows.lost(span), "packets");
      assertTrue(
          flows.nodes(span).stream().allMatch(nodes -> nodes.size() == 1),
          () -> "each flow has one node: " + flows.nodes(span));

      flows.forget();
      leave(field, flows);
    }
  }

  /// SIGTERM: the speaker will be back. Its routes stay at the router, stale, and are fresh again.
  private static void upgrade(EcmpField field, LabNode node) {
    assertEquals(0, field.speakers().speaker(node).stop());
    Await.until(
        "the router keeps the route of " + node.name(),
        LIMIT,
        () -> field.frr().show("show bgp ipv4 unicast " + EcmpField.SERVICE + "/32"),
        shown -> shown.contains("stale"));
    assertEquals(3, field.ways(EcmpField.SERVICE));
    field.speakers().start(node);
    Await.until(
        "the route of " + node.name() + " is fresh again",
        LIMIT,
        () -> field.frr().show("show bgp ipv4 unicast " + EcmpField.SERVICE + "/32"),
        shown -> !shown.contains("stale"));
  }

  /// Told by the desired state, not by a signal: first the router is asked to prefer others, then
  /// the routes and the session go, and nothing stays behind.
  private static void leave(EcmpField field, UdpFlows flows) throws InterruptedException {
    LabNode leaving = field.speakers().nodes().getFirst();
    long begun = System.nanoTime();
    Routing avoided = field.routing().leaving(IpAddress.of(EcmpField.SERVICE));
    field.tell(leaving, avoided);
    field.awaitNodes(2);
    assertTrue(
        field.frr().show("show bgp ipv4 unicast summary").contains(leaving.address()),
        "its session is still there");
    Thread.sleep(Duration.ofSeconds(1));

    field.tell(leaving, Routing.NONE);
    Await.until(
        "nothing is left of the node",
        LIMIT,
        () -> field.frr().show("show bgp ipv4 unicast " + EcmpField.SERVICE + "/32"),
        shown -> !shown.contains(leaving.address()));
    assertEquals(0, field.speakers().speaker(leaving).stop());
    Thread.sleep(UdpFlows.LIMIT.multipliedBy(2));

    Span span = new Span(begun, System.nanoTime() - UdpFlows.LIMIT.toNanos());
    System.out.printf(
        "a node left: %d packets lost, longest gap %d ms%n",
        flows.lost(span), flows.longestGap(span).toMillis());
    assertEquals(0, flows.lost(span), "packets");
    Span last = new Span(span.to() - 500_000_000L, span.to());
    assertFalse(all(flows, last).contains(field.number(leaving)), "flows of the node that left");
    assertEquals(2, field.ways(EcmpField.SERVICE));
  }

  private EcmpField open(Duration bfd, Optional<Duration> restartTime) {
    return new EcmpField(
        lab.sandbox(),
        SpeakerLabLabIT.distribution(),
        new EcmpField.Terms(Optional.of(bfd), Duration.ofSeconds(90), restartTime),
        List.of());
  }

  private static SortedSet<Integer> all(UdpFlows flows, Span span) {
    SortedSet<Integer> nodes = new TreeSet<>();
    flows.nodes(span).forEach(some -> nodes.addAll(some));
    return nodes;
  }
}
