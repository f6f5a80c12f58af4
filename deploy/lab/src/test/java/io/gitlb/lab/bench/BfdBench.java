// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.ControlTimer;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PeerName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `./gitlb bench bfd`: whether the sessions with routers keep their pace.
///
/// **pace**: 3 x 50 ms with FRR and with BIRD for 30 minutes, while the speaker takes one whole
/// desired state after the other, and its whole heap is collected every two seconds (`jcmd
/// GC.run`). A session that goes down is held against the speaker only where a control process,
/// which does nothing but wake every 10 ms, was never late by more than 50 ms in the half second
/// before.
///
/// **many**: 100 multihop sessions of 3 x 300 ms with FRR for ten minutes, and what they cost.
public final class BfdBench {

  private static final String FRR = "10.78.0.1";
  private static final String BIRD = "10.78.0.2";
  private static final int SESSIONS = 100;
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final BenchArguments arguments;
  private final Figures figures = new Figures("bfd", System.out);
  private final Distribution distribution =
      new Distribution(
          Path.of(System.getProperty("gitlb.distribution", "deploy/dist/target/gitlb")));

  private BfdBench(BenchArguments arguments) {
    this.arguments = arguments;
  }

  /// @param line `--quick`, `--check`, and the parts to run: `pace`, `many`
  public static void main(String[] line) throws IOException, InterruptedException {
    BenchArguments arguments = BenchArguments.parse("bfd", List.of(line), Set.of("pace", "many"));
    Sandbox.sweep();
    System.exit(new BfdBench(arguments).run());
  }

  private int run() throws IOException, InterruptedException {
    if (arguments.parts().contains("pace")) {
      try (Sandbox sandbox = Sandbox.open()) {
        pace(sandbox);
      }
    }
    if (arguments.parts().contains("many")) {
      try (Sandbox sandbox = Sandbox.open()) {
        many(sandbox);
      }
    }
    return figures.finish(arguments);
  }

  private void pace(Sandbox sandbox) throws InterruptedException {
    SpeakerLab lab = lab(sandbox);
    LabNode node = lab.nodes().getFirst();
    Host frr = host(sandbox, lab, "frr", FRR);
    Frr.start(
        sandbox,
        frr,
        """
        bfd
         profile fast
          receive-interval 50
          transmit-interval 50
          detect-multiplier 3
         exit
        exit
        router bgp 64513
         bgp router-id 10.78.0.1
         no bgp ebgp-requires-policy
         neighbor 10.78.0.11 remote-as 64512
         neighbor 10.78.0.11 passive
         neighbor 10.78.0.11 bfd profile fast
        """);
    ForegroundBird.start(
        sandbox,
        host(sandbox, lab, "bird", BIRD),
        """
        router id 10.78.0.2;
        protocol device {}
        protocol bfd { interface "eth0" { interval 50 ms; multiplier 3; }; }
        protocol bgp speaker {
          local 10.78.0.2 as 64514; neighbor 10.78.0.11 as 64512; passive; bfd;
          ipv4 { import all; export none; };
        }
        """);
    Duration interval = Duration.ofMillis(50);
    Routing routing =
        Routing.hosts(
            List.of(peer("frr", 64_513, FRR, interval), peer("bird", 64_514, BIRD, interval)),
            RouterField.FIRST,
            1_000);
    tell(lab, routing);
    RouterField.await("BGP has settled", () -> hasSettled(lab));
    DownWatch watch = DownWatch.begin(ControlTimer.start(sandbox), lab.speaker(node));
    try (SpeakerLoad load = SpeakerLoad.start(lab, node, routing)) {
      Thread.sleep(Duration.ofSeconds(arguments.length().choose(1_800, 45)));
      figures.add(
          "pace_collections",
          "collections of the whole heap",
          Spread.of(load.collections()),
          "times");
      figures.add("pace_states", "desired states taken", Spread.of(load.states()), "times");
    }
    watch.tell("pace", figures);
    if (!lab.speaker(node).isRunning()) {
      figures.say("the speaker has ended: " + lab.speaker(node).tail(10));
    }
    awaitUp(lab, 2);
    figures.add(
        "pace_up", "sessions that are up", Spread.of(up(lab)), "sessions", new Bar.Exactly(2));
  }

  private void many(Sandbox sandbox) throws IOException, InterruptedException {
    SpeakerLab lab = lab(sandbox);
    LabNode node = lab.nodes().getFirst();
    Host frr = host(sandbox, lab, "frr", FRR);
    StringBuilder configuration =
        new StringBuilder("bfd\n profile slow\n  receive-interval 300\n")
            .append("  transmit-interval 300\n  detect-multiplier 3\n exit\n");
    List<PeerSettings> peers = new ArrayList<>();
    for (int i = 1; i <= SESSIONS; i++) {
      String address = "10.78.1." + i;
      frr.address(LabNode.LAN, address + "/16");
      configuration
          .append(" peer 10.78.0.11 multihop local-address %s\n".formatted(address))
          .append("  profile slow\n exit\n");
      PeerSettings near = peer("router-" + i, 64_513, address, Duration.ofMillis(300));
      peers.add(overHops(near));
    }
    Frr router = Frr.start(sandbox, frr, configuration.append("exit\n").toString());
    tell(lab, Routing.hosts(peers, RouterField.FIRST, 1));
    try {
      awaitUp(lab, SESSIONS);
    } catch (IllegalStateException e) {
      figures.say(up(lab) + " are up; the router says: " + router.show("show bfd peers brief"));
      throw e;
    }
    DownWatch watch = DownWatch.begin(ControlTimer.start(sandbox), lab.speaker(node));
    int seconds = arguments.length().choose(600, 20);
    Usage before = Usage.of(lab.speaker(node).pid());
    Thread.sleep(Duration.ofSeconds(seconds));
    Usage after = Usage.of(lab.speaker(node).pid());
    watch.tell("many", figures);
    figures.add(
        "many_up",
        "sessions that are up",
        Spread.of(up(lab)),
        "sessions",
        new Bar.Exactly(SESSIONS));
    figures.add(
        "many_cpu",
        "processor time of the speaker",
        Spread.of(100 * (after.seconds() - before.seconds()) / seconds),
        "% of a core");
    figures.add("many_rss_mib", "its resident memory", Spread.of(after.residentMiB()), "MiB");
  }

  /// FRR tells sessions of several hops apart by its own address, others by the interface alone.
  private static PeerSettings overHops(PeerSettings near) {
    return new PeerSettings(
        near.name(),
        near.myAsn(),
        near.peerAs(),
        near.peerAddress(),
        near.port(),
        near.holdTime(),
        near.keepaliveTime(),
        near.connectTime(),
        near.routerId(),
        near.sourceAddress(),
        Hops.MULTIPLE,
        near.extras());
  }

  private SpeakerLab lab(Sandbox sandbox) {
    SpeakerLab lab = new SpeakerLab(sandbox, distribution, 1, SpeakerLab.Management.OWN_NETWORK);
    lab.start(lab.nodes().getFirst());
    return lab;
  }

  private static Host host(Sandbox sandbox, SpeakerLab lab, String name, String address) {
    Host host = sandbox.host(name);
    lab.lan().attach(host, LabNode.LAN, address + "/16");
    return host;
  }

  private static void tell(SpeakerLab lab, Routing routing) {
    if (!lab.route(lab.nodes().getFirst(), routing)) {
      throw new IllegalStateException("the speaker did not store it");
    }
  }

  private static void awaitUp(SpeakerLab lab, int sessions) {
    RouterField.await(sessions + " sessions are up", () -> up(lab) == sessions);
  }

  /// FRR makes its BFD session anew, with a Down, when a BGP session comes up after it: that is no
  /// matter of pace.
  private static boolean hasSettled(SpeakerLab lab) {
    Instant before = Instant.now().minus(SETTLED);
    return up(lab) == 2
        && lab.status(lab.nodes().getFirst()).map(SpeakerStatus::peers).orElse(List.of()).stream()
            .allMatch(peer -> peer.state().equals("Established") && peer.since().isBefore(before));
  }

  private static int up(SpeakerLab lab) {
    return (int)
        lab.status(lab.nodes().getFirst()).map(SpeakerStatus::bfd).orElse(List.of()).stream()
            .filter(one -> one.state().equals("Up"))
            .count();
  }

  private static PeerSettings peer(String name, long asn, String address, Duration interval) {
    BfdSettings bfd = new BfdSettings(interval, interval, 3, BfdSettings.Role.ACTIVE, 254);
    return new PeerSettings(
        new PeerName(name),
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(asn)),
        IpAddress.of(address),
        179,
        Duration.ofSeconds(90),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(5)),
        Optional.empty(),
        Optional.empty(),
        Hops.SINGLE,
        Extras.of(IpFamily.IPV4).withBfd(Optional.of(bfd)));
  }
}
