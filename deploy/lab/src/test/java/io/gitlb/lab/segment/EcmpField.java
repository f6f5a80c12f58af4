// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Poll;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Three nodes (AS 64512) that announce one address to an FRR router (AS 64513), which spreads the
/// flows of a client behind it over them. Every node has the address on its loopback and answers
/// there.
///
///     client 10.79.0.2 ── 10.79.0.1 router 10.78.0.1 ── node-1 .11, node-2 .12, node-3 .13
public final class EcmpField {

  /// What all nodes announce.
  public static final String SERVICE = "203.0.113.10";

  /// The other end of every session.
  public static final String ROUTER = "10.78.0.1";

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int NODES = 3;

  private final SpeakerLab speakers;
  private final Host router;
  private final Host client;
  private final Frr frr;
  private final PeerSettings peer;

  /// What the sessions are like.
  ///
  /// @param bfd the interval at both ends, 3 packets may be missing; empty: without BFD
  /// @param restartTime for graceful restart; empty: without
  public record Terms(Optional<Duration> bfd, Duration holdTime, Optional<Duration> restartTime) {}

  /// Builds it; every speaker runs and announces.
  ///
  /// @param neighbours addresses of further hosts of AS 64512 that the router has sessions with
  public EcmpField(
      Sandbox sandbox, Distribution distribution, Terms terms, List<String> neighbours) {
    speakers = new SpeakerLab(sandbox, distribution, NODES, SpeakerLab.Management.OWN_NETWORK);
    router = sandbox.host("router");
    client = sandbox.host("flows");
    speakers.lan().attach(router, LabNode.LAN, ROUTER + "/16");
    sandbox.link(client, LabNode.LAN, router, "eth1");
    client.address(LabNode.LAN, "10.79.0.2/24");
    router.address("eth1", "10.79.0.1/24");
    client.ip("route", "add", "default", "via", "10.79.0.1").orThrow();
    for (String setting :
        List.of("net.ipv4.ip_forward=1", "net.ipv4.fib_multipath_hash_policy=1")) {
      router.exec("sysctl", "-w", setting).orThrow();
    }
    frr = Frr.start(sandbox, router, configuration(terms, neighbours));
    peer = peer(terms);
    speakers.nodes().forEach(speakers::startOnly);
    for (LabNode node : speakers.nodes()) {
      node.host().address("lo", SERVICE + "/32");
      node.host().ip("route", "add", "10.79.0.0/24", "via", ROUTER).orThrow();
      UdpFlows.serve(node.host(), SERVICE, number(node));
      speakers.awaitAnswer(node);
      tell(node, routing());
    }
    awaitNodes(NODES);
    if (terms.bfd().isPresent()) {
      // Who dies before that is not missed before the hold time.
      speakers.nodes().forEach(this::awaitBfd);
    }
  }

  private void awaitBfd(LabNode node) {
    if (Poll.until(LIMIT, () -> bfdStates(node), found -> found.equals(List.of("Up")))
        instanceof Poll.TimedOut<List<String>>(List<String> found, Duration _)) {
      throw new IllegalStateException(node.name() + ": BFD is " + found);
    }
  }

  private List<String> bfdStates(LabNode node) {
    return speakers.status(node).map(SpeakerStatus::bfd).orElse(List.of()).stream()
        .map(SpeakerStatus.BfdStatus::state)
        .toList();
  }

  private String configuration(Terms terms, List<String> neighbours) {
    StringBuilder text = new StringBuilder("hostname router\n");
    terms
        .bfd()
        .ifPresent(
            interval ->
                text.append("bfd\n profile fast\n")
                    .append("  receive-interval %d\n".formatted(interval.toMillis()))
                    .append("  transmit-interval %d\n".formatted(interval.toMillis()))
                    .append("  detect-multiplier 3\n exit\nexit\n"));
    text.append("router bgp 64513\n bgp router-id 10.78.0.1\n no bgp ebgp-requires-policy\n")
        .append(" bgp bestpath as-path multipath-relax\n");
    List<String> all = new ArrayList<>(speakers.nodes().stream().map(LabNode::address).toList());
    all.addAll(neighbours);
    for (String one : all) {
      text.append(" neighbor %s remote-as 64512\n".formatted(one))
          .append(" neighbor %s timers connect 1\n".formatted(one))
          .append(" neighbor %s passive\n".formatted(one));
      if (terms.bfd().isPresent()) {
        text.append(" neighbor %s bfd profile fast\n".formatted(one));
      }
    }
    return text.toString();
  }

  private static PeerSettings peer(Terms terms) {
    Extras extras =
        new Extras(new TreeSet<>(List.of(IpFamily.IPV4)), terms.restartTime(), Optional.empty())
            .withBfd(
                terms
                    .bfd()
                    .map(
                        interval ->
                            new BfdSettings(interval, interval, 3, BfdSettings.Role.ACTIVE, 254)));
    return new PeerSettings(
        new PeerName("router"),
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of(ROUTER),
        179,
        terms.holdTime(),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.empty(),
        Hops.SINGLE,
        extras);
  }

  /// The address, to the router.
  public Routing routing() {
    return Routing.hosts(List.of(peer), (Ipv4) IpAddress.of(SERVICE), 1);
  }

  /// Tells one speaker what to announce.
  ///
  /// @throws IllegalStateException when it does not take it
  public void tell(LabNode node, Routing routing) {
    if (!speakers.route(node, routing)) {
      throw new IllegalStateException(node.name() + " did not store it");
    }
  }

  /// As the echo of a node gives it.
  public int number(LabNode node) {
    return speakers.nodes().indexOf(node) + 1;
  }

  /// The nodes.
  public SpeakerLab speakers() {
    return speakers;
  }

  /// Where FRR runs.
  public Host router() {
    return router;
  }

  /// The router itself.
  public Frr frr() {
    return frr;
  }

  /// The host behind the router.
  public Host client() {
    return client;
  }

  /// How many ways the router's kernel has to an address.
  public int ways(String address) {
    String route = router.ip("-4", "route", "show", "exact", address + "/32").output();
    return route.split("via ", -1).length - 1;
  }

  /// Waits until the router spreads the flows over so many nodes.
  public void awaitNodes(int count) {
    awaitWays(SERVICE, count);
  }

  /// Waits until the router has so many ways to an address.
  public void awaitWays(String address, int count) {
    if (Poll.until(LIMIT, () -> ways(address), found -> found == count)
        instanceof Poll.TimedOut<Integer>(Integer found, Duration _)) {
      throw new IllegalStateException(
          found
              + " ways to "
              + address
              + " and not "
              + count
              + ": "
              + frr.show("show bgp summary"));
    }
  }
}
