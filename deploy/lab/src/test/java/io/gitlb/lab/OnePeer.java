// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// One node that tells one router of one address, and what the two make of it.
final class OnePeer {

  static final String ROUTER = "10.78.0.1";
  static final String NODE = "10.78.0.11";
  static final PeerName NAME = new PeerName("router");

  /// What the router is told of.
  static final String SERVICE = "203.0.113.10";

  private final SpeakerLab speakers;
  private final LabNode node;
  private final Host router;
  private final Duration limit;

  private OnePeer(SpeakerLab speakers, Host router, Duration limit) {
    this.speakers = speakers;
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
    return new OnePeer(speakers, router, limit);
  }

  /// The router as the node, of AS 64512, has it.
  ///
  /// @param asn of the router
  static PeerSettings peer(long asn, Duration holdTime, Extras extras) {
    return new PeerSettings(
        NAME,
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(asn)),
        IpAddress.of(ROUTER),
        179,
        holdTime,
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.of(IpAddress.of(NODE)),
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

  /// Tells the speaker, which runs, of the router and the address.
  void tell(PeerSettings peer) {
    IpAddress address = IpAddress.of(SERVICE);
    SortedMap<IpAddress, List<BgpRoute>> routes = new TreeMap<>();
    routes.put(
        address,
        List.of(
            new BgpRoute(
                IpPrefix.host(address),
                OptionalLong.empty(),
                List.of(),
                new TreeSet<>(List.of(NAME)))));
    assertTrue(speakers.route(node, List.of(peer), routes), "the speaker did not store it");
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
    Await.until(what, limit, this::kernelRoute, condition);
  }

  String kernelRoute() {
    return router.ip("-4", "route", "show", "exact", SERVICE + "/32").output().strip();
  }
}
