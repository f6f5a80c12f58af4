// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.ArpPinger;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// An address goes from the link to a router and back. It can be reached in one of the two ways at
/// any time, also while the new way does not work yet.
@SharesLab
final class WaysLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// For so long the router is not there yet.
  private static final Duration WITHOUT_ROUTER = Duration.ofSeconds(2);

  private static final Ipv4 ADDRESS = (Ipv4) IpAddress.of("10.78.0.100");
  private static final String ROUTE = ADDRESS + "/32";

  private static final String BIRD =
      """
      router id 10.78.0.1;
      protocol device {}
      protocol kernel { ipv4 { export all; }; }
      protocol bgp node {
        local 10.78.0.1 as 64513;
        neighbor 10.78.0.11 as 64512;
        passive;
        ipv4 { import all; export none; };
      }
      """;

  @RegisterExtension final Lab lab = new Lab();

  private Host router;

  @BeforeEach
  void makeRouter() {
    router = lab.host("router");
  }

  @Test
  void anAddressIsReachedAllTheTimeWhileItGoesToARouterAndBack() {
    SpeakerLab speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    LabNode node = speakers.nodes().getFirst();
    speakers.lan().attach(router, LabNode.LAN, "10.78.0.1/16");
    speakers.start(node);
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    candidates.put(ADDRESS, List.of(node.name()));
    assertEquals(List.of(node), speakers.decide(candidates));
    Ipv4 client = (Ipv4) IpAddress.of("10.78.0.200");
    try (ArpPinger pinger = new ArpPinger(speakers.client(), client)) {
      Await.until("it answers", LIMIT, () -> answers(pinger), Boolean::booleanValue);

      assertTrue(speakers.route(node, Routing.hosts(List.of(peer()), ADDRESS, 1)));
      Await.always(
          "it answers while there is no router",
          WITHOUT_ROUTER,
          () -> answers(pinger),
          Boolean::booleanValue);
      Bird.start(lab.sandbox(), router, BIRD);
      Await.until(
          "nobody answers any more", LIMIT, () -> reached(pinger).answered(), answers -> !answers);
      assertTrue(routed(), "the router has the address");

      assertEquals(List.of(node), speakers.decide(candidates));
      Await.until(
          "the router is rid of it", LIMIT, () -> reached(pinger).routed(), routed -> !routed);
      assertTrue(answers(pinger), "it is answered for again");
    }
  }

  /// In which ways the address can be reached.
  private record Reached(boolean answered, boolean routed) {}

  /// The old way is looked at after the new one, whichever is which: there is never none.
  private Reached reached(ArpPinger pinger) {
    boolean before = routed();
    boolean answered = answers(pinger);
    boolean after = routed();
    assertTrue(before || answered || after, "neither an answer nor a route");
    return new Reached(answered, after);
  }

  private static boolean answers(ArpPinger pinger) {
    return pinger.ask(ADDRESS).isPresent();
  }

  private boolean routed() {
    return router.kernelRoute(ROUTE).isPresent();
  }

  private static PeerSettings peer() {
    return new PeerSettings(
        new PeerName("router"),
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of("10.78.0.1"),
        179,
        Duration.ofSeconds(9),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.of(IpAddress.of("10.78.0.11")),
        Hops.SINGLE,
        new PeerSettings.Extras(
            new TreeSet<>(List.of(IpFamily.IPV4)), Optional.empty(), Optional.empty()));
  }
}
