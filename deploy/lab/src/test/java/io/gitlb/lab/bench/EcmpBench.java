// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.EcmpField;
import io.gitlb.lab.segment.LabBridge.Damage;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.RouteMonitor;
import io.gitlb.lab.segment.RouteMonitor.Change;
import io.gitlb.lab.segment.UdpFlows;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `./gitlb bench ecmp`: a node of three dies behind a router that spreads flows over them; what
/// counts is the time until the route in the router's kernel goes without it.
///
/// **bfd**: 3 x 50 ms at both ends. Three nodes with our speaker announce one address, and three
/// with BIRD another, to the same router; in turn one of these and one of those is cut off, and its
/// speaker is killed. Flows to our address run all the time.
///
/// **hold**: the same without BFD, at a hold time of 9 s, ours alone.
public final class EcmpBench {

  private static final String BIRDS_SERVICE = "203.0.113.20";
  private static final List<String> BIRDS = List.of("10.78.0.31", "10.78.0.32", "10.78.0.33");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int FLOWS = 24;

  private final BenchArguments arguments;
  private final Figures figures = new Figures("ecmp", System.out);
  private final Distribution distribution =
      new Distribution(
          Path.of(System.getProperty("gitlb.distribution", "deploy/dist/target/gitlb")));

  private EcmpBench(BenchArguments arguments) {
    this.arguments = arguments;
  }

  /// @param line `--quick`, `--check`, and the parts to run: `bfd`, `hold`
  public static void main(String[] line) throws InterruptedException {
    BenchArguments arguments = BenchArguments.parse("ecmp", List.of(line), Set.of("bfd", "hold"));
    Sandbox.sweep();
    System.exit(new EcmpBench(arguments).run());
  }

  private int run() throws InterruptedException {
    if (arguments.parts().contains("bfd")) {
      try (Sandbox sandbox = Sandbox.open()) {
        bfd(sandbox);
      }
    }
    if (arguments.parts().contains("hold")) {
      try (Sandbox sandbox = Sandbox.open()) {
        hold(sandbox);
      }
    }
    return figures.finish(arguments);
  }

  private void bfd(Sandbox sandbox) throws InterruptedException {
    Duration interval = Duration.ofMillis(50);
    EcmpField field =
        new EcmpField(
            sandbox,
            distribution,
            new EcmpField.Terms(Optional.of(interval), Duration.ofSeconds(90), Optional.empty()),
            BIRDS);
    List<BirdNode> birds = new ArrayList<>();
    for (String address : BIRDS) {
      birds.add(new BirdNode(sandbox, field, address));
    }
    field.awaitWays(BIRDS_SERVICE, birds.size());
    RouteMonitor monitor = RouteMonitor.start(field.router());
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    List<Double> gaps = new ArrayList<>();
    int rounds = arguments.length().choose(30, 5);
    try (UdpFlows flows = UdpFlows.start(field.client(), EcmpField.SERVICE, FLOWS)) {
      for (int i = 0; i < rounds; i++) {
        Thread.sleep(1_000 + i * 17L % 50);
        flows.forget();
        long begun = System.nanoTime();
        LabNode node = field.speakers().nodes().get(i % field.speakers().nodes().size());
        ours.add(die(field, monitor, node));
        Thread.sleep(UdpFlows.LIMIT.multipliedBy(2));
        Span span = new Span(begun, System.nanoTime() - UdpFlows.LIMIT.toNanos());
        gaps.add(flows.longestGap(span).toNanos() / 1e6);
        revive(field, node);

        BirdNode bird = birds.get(i % birds.size());
        Thread.sleep(1_000 + i * 17L % 50);
        theirs.add(bird.die(monitor));
        bird.revive();
      }
    }
    Spread our = Spread.median(ours);
    Spread their = Spread.median(theirs);
    figures.add("bfd_ms", "GitLB's node dead to the router's route, 3 x 50 ms", our, "ms");
    figures.add("bfd_bird_ms", "BIRD's node dead to the router's route", their, "ms");
    figures.add(
        "bfd_ratio", "ratio", Spread.of(our.value() / their.value()), "times", new Bar.Below(1.3));
    figures.add(
        "bfd_flow_gap_ms",
        "longest gap of any of " + FLOWS + " flows",
        Spread.quantile(gaps, 1),
        "ms",
        new Bar.Below(1_000));
  }

  private void hold(Sandbox sandbox) throws InterruptedException {
    EcmpField field =
        new EcmpField(
            sandbox,
            distribution,
            new EcmpField.Terms(Optional.empty(), Duration.ofSeconds(9), Optional.empty()),
            List.of());
    RouteMonitor monitor = RouteMonitor.start(field.router());
    List<Double> took = new ArrayList<>();
    for (int i = 0; i < arguments.length().choose(10, 2); i++) {
      Thread.sleep(2_000 + i * 700L % 3_000);
      LabNode node = field.speakers().nodes().get(i % field.speakers().nodes().size());
      took.add(die(field, monitor, node) / 1_000);
      revive(field, node);
    }
    figures.add("hold_s", "without BFD, at a hold time of 9 s", Spread.median(took), "s");
  }

  private static double die(EcmpField field, RouteMonitor monitor, LabNode node) {
    Instant begin = Instant.now();
    field.speakers().lan().damage(node.host(), Damage.CUT);
    LabNode.kill(field.speakers().speaker(node));
    return millis(begin, monitor.awaitLoss(begin, EcmpField.SERVICE, node.address(), LIMIT));
  }

  private static double millis(Instant begin, Optional<Change> change) {
    return Duration.between(begin, change.orElseThrow().time()).toNanos() / 1e6;
  }

  private static void revive(EcmpField field, LabNode node) {
    field.speakers().speaker(node).kill();
    field.speakers().lan().heal(node.host());
    field.speakers().start(node);
    field.awaitNodes(field.speakers().nodes().size());
  }

  /// A node with BIRD in the place of a speaker.
  private static final class BirdNode {

    private final Sandbox sandbox;
    private final EcmpField field;
    private final String address;
    private final Host host;
    private RunningProcess process;

    BirdNode(Sandbox sandbox, EcmpField field, String address) {
      this.sandbox = sandbox;
      this.field = field;
      this.address = address;
      host = sandbox.host("bird" + BIRDS.indexOf(address));
      field.speakers().lan().attach(host, LabNode.LAN, address + "/16");
      process = start();
    }

    private RunningProcess start() {
      return ForegroundBird.start(
          sandbox,
          host,
          """
          router id %1$s;
          protocol device {}
          protocol static { ipv4; route %2$s/32 blackhole; }
          protocol bfd { interface "eth0" { interval 50 ms; multiplier 3; }; }
          protocol bgp upstream {
            local %1$s as 64512; neighbor 10.78.0.1 as 64513; bfd;
            connect delay time 1; connect retry time 1; error wait time 1, 1;
            ipv4 { import none; export where source = RTS_STATIC; next hop self; };
          }
          """
              .formatted(address, BIRDS_SERVICE));
    }

    double die(RouteMonitor monitor) {
      Instant begin = Instant.now();
      field.speakers().lan().damage(host, Damage.CUT);
      LabNode.kill(process);
      return millis(begin, monitor.awaitLoss(begin, BIRDS_SERVICE, address, LIMIT));
    }

    void revive() {
      process.kill();
      field.speakers().lan().heal(host);
      process = start();
      field.awaitWays(BIRDS_SERVICE, BIRDS.size());
    }
  }
}
