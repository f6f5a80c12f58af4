// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Poll;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One FRR (AS 64513) beside a node with a speaker (AS 64512), and a place for others who announce.
final class RouterField {

  static final String ROUTER = "10.78.0.1";

  /// The lowest of the announced addresses.
  static final Ipv4 FIRST = (Ipv4) IpAddress.of("10.200.0.0");

  static final int MANY = 10_000;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Sandbox sandbox;
  private final SpeakerLab speakers;
  private final Host router;
  private final Frr frr;
  private final FrrTable table;

  /// @param others addresses of further hosts that are neighbours of the router
  RouterField(Sandbox sandbox, Distribution distribution, List<String> others) {
    this.sandbox = sandbox;
    speakers = new SpeakerLab(sandbox, distribution, 1, SpeakerLab.Management.OWN_NETWORK);
    router = host("router", ROUTER);
    StringBuilder configuration =
        new StringBuilder(
            """
            router bgp 64513
             bgp router-id 10.78.0.1
             no bgp ebgp-requires-policy
             timers bgp 30 90
            """);
    configuration.append(neighbour(node().address()));
    others.forEach(one -> configuration.append(neighbour(one)));
    frr = Frr.start(sandbox, router, configuration.toString());
    table = FrrTable.open(router);
    sandbox.closeLater(table);
    speakers.start(node());
  }

  private static String neighbour(String address) {
    return " neighbor %1$s remote-as 64512\n neighbor %1$s timers connect 1\n".formatted(address)
        + " neighbor %s passive\n".formatted(address);
  }

  /// A new one on the segment.
  Host host(String name, String address) {
    Host host = sandbox.host(name);
    speakers.lan().attach(host, LabNode.LAN, address + "/16");
    return host;
  }

  /// Has the router end the session with a neighbour and refuse another one.
  void shut(String neighbour) {
    frr.configure("router bgp 64513", "neighbor " + neighbour + " shutdown");
  }

  /// Has the router make a session with a neighbour that waits for it.
  void dial(String neighbour) {
    frr.configure(
        "router bgp 64513",
        "no neighbor " + neighbour + " passive",
        "no neighbor " + neighbour + " shutdown");
  }

  Sandbox sandbox() {
    return sandbox;
  }

  SpeakerLab speakers() {
    return speakers;
  }

  LabNode node() {
    return speakers.nodes().getFirst();
  }

  Host router() {
    return router;
  }

  FrrTable table() {
    return table;
  }

  /// The router, as the speaker knows it.
  static PeerSettings peer(Optional<BfdSettings> bfd, Duration holdTime) {
    return new PeerSettings(
        new PeerName("router"),
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of(ROUTER),
        179,
        holdTime,
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.empty(),
        Hops.SINGLE,
        Extras.of(IpFamily.IPV4).withBfd(bfd));
  }

  /// Many routes to the router.
  static Routing many() {
    return Routing.hosts(List.of(peer(Optional.empty(), Duration.ofSeconds(90))), FIRST, MANY);
  }

  /// Tells the speaker.
  ///
  /// @throws IllegalStateException when it does not take it
  void tell(Routing routing) {
    if (!speakers.route(node(), routing)) {
      throw new IllegalStateException(
          "the speaker did not store it: " + speakers.speaker(node()).tail(10));
    }
  }

  /// Waits until the router has so many routes of the speaker.
  void awaitRoutes(int count) {
    await("the router has the routes", () -> table.received(node().address()) == count);
  }

  static void await(String what, java.util.function.BooleanSupplier condition) {
    if (Poll.until(LIMIT, condition::getAsBoolean, Boolean::booleanValue)
        instanceof Poll.TimedOut<?> _) {
      throw new IllegalStateException("not in time: " + what);
    }
  }
}
