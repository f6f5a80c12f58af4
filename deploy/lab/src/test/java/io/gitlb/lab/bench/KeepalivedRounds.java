// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Backend;
import io.gitlb.lab.segment.Failure;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.lab.segment.TrafficClient;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The yardstick: keepalived on the same five nodes with the same client and the same observer.
/// Only the segment is cut: after kill -9 keepalived leaves the address on its node's interface,
/// where the kernel goes on to answer for it.
final class KeepalivedRounds {

  private static final Ipv4 ADDRESS = new Ipv4(0x0A4E_0064);
  private static final int NODES = 5;
  private static final Duration GOOD = Duration.ofMillis(250);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration QUIET = Duration.ofSeconds(6);

  private final Figures figures;
  private final Path output;

  KeepalivedRounds(Figures figures, Path output) {
    this.figures = figures;
    this.output = output;
  }

  void run(int rounds) throws IOException, InterruptedException {
    if (!Files.isExecutable(Path.of("/usr/sbin/keepalived"))) {
      figures.say("keepalived is not installed: left out");
      return;
    }
    measure("1", rounds);
    measure("0.01", rounds);
  }

  private void measure(String interval, int rounds) throws IOException, InterruptedException {
    List<Double> gaps = new ArrayList<>();
    try (Sandbox sandbox = Sandbox.open()) {
      SpeakerLab lab =
          new SpeakerLab(
              sandbox, new Distribution(output), NODES, SpeakerLab.Management.OWN_NETWORK);
      for (LabNode node : lab.nodes()) {
        Backend.start(node, List.of(ADDRESS));
        start(sandbox, node, lab.nodes().indexOf(node), interval);
      }
      try (Observer observer = Observer.start(lab.observer(), List.of(ADDRESS));
          TrafficClient traffic = TrafficClient.start(lab.client(), ADDRESS, Backend.SHORT)) {
        Thread.sleep(QUIET.multipliedBy(2));
        for (int i = 0; i < rounds; i++) {
          gaps.add(round(lab, observer, traffic));
        }
      }
    }
    String key = "keepalived_" + interval.replace('.', '_') + "s_gap_ms";
    figures.add(key, "keepalived, VRRP every " + interval + " s: gap", Spread.median(gaps), "ms");
    Files.write(
        output.resolve("failover-keepalived-" + interval + ".csv"),
        gaps.stream().map(String::valueOf).toList());
  }

  private static double round(SpeakerLab lab, Observer observer, TrafficClient traffic)
      throws InterruptedException {
    lab.forgetNeighbours();
    Thread.sleep(QUIET.dividedBy(6));
    long before = System.nanoTime();
    Sight last = observer.await(before, LIMIT, sight -> !sight.gratuitous()).orElseThrow();
    MacAddress old = last.mac();
    LabNode owner =
        lab.nodes().stream().filter(node -> node.mac().equals(old)).findFirst().orElseThrow();
    long start = System.nanoTime();
    Failure.CUT.inflict(lab, owner);
    observer.await(start, LIMIT, sight -> !sight.mac().equals(old) && !sight.gratuitous());
    Thread.sleep(Duration.ofSeconds(2));
    Span span = new Span(start - GOOD.toNanos(), System.nanoTime() - GOOD.toNanos());
    double gap = traffic.longestGap(span, GOOD).toNanos() / 1e6;
    Failure.CUT.heal(lab, owner);
    Thread.sleep(QUIET);
    observer.forgetBefore(start);
    traffic.forgetBefore(start);
    return gap;
  }

  private static RunningProcess start(Sandbox sandbox, LabNode node, int rank, String interval)
      throws IOException {
    Path directory =
        Files.createDirectories(sandbox.scratch().resolve("keepalived-" + node.name()));
    Path configuration = directory.resolve("keepalived.conf");
    Files.writeString(
        configuration,
        """
        global_defs {
          router_id %s
          vrrp_version 3
          vrrp_garp_master_delay 1
        }
        vrrp_instance lab {
          state BACKUP
          nopreempt
          interface eth0
          virtual_router_id 51
          priority %d
          advert_int %s
          virtual_ipaddress {
            %s/32
          }
        }
        """
            .formatted(node.name(), 150 - rank * 10, interval, ADDRESS));
    return node.host()
        .start(
            "keepalived-" + node.name(),
            List.of(
                "keepalived",
                "--dont-fork",
                "--log-console",
                "--vrrp",
                "--use-file",
                configuration.toString(),
                "--pid",
                directory.resolve("pid").toString(),
                "--vrrp_pid",
                directory.resolve("vrrp-pid").toString()),
            Map.of());
  }
}
