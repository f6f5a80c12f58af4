// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.BgpSinks;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PeerName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Many peers with 10,000 routes each, first all of them reading, then one of them stuck. The
/// speaker has the heap that it always has.
final class ManyPeers {

  private static final String STUCK = "10.78.1.1";
  private static final Duration LIMIT = Duration.ofSeconds(80);

  private final Distribution distribution;
  private final Figures figures;

  ManyPeers(Distribution distribution, Figures figures) {
    this.distribution = distribution;
    this.figures = figures;
  }

  void measure(int count) throws IOException, InterruptedException {
    double all = measure(count, "", "peers_");
    double others = measure(count, STUCK, "peers_stuck_");
    figures.add(
        "peers_stuck_ratio",
        "ratio: the others are delayed by one that reads nothing",
        Spread.of(others / all),
        "times",
        new Bar.Below(1.5));
  }

  private double measure(int count, String stuck, String key)
      throws IOException, InterruptedException {
    try (Sandbox sandbox = Sandbox.open()) {
      SpeakerLab lab = new SpeakerLab(sandbox, distribution, 1, SpeakerLab.Management.OWN_NETWORK);
      Host host = sandbox.host("sinks");
      lab.lan().attach(host, LabNode.LAN);
      List<PeerSettings> peers = new ArrayList<>();
      for (int i = 1; i <= count; i++) {
        host.address(LabNode.LAN, "10.78.1." + i + "/16");
        peers.add(peer("peer-" + i, "10.78.1." + i));
      }
      try (BgpSinks sinks = BgpSinks.start(host, stuck)) {
        return measure(lab, sinks, peers, key);
      }
    }
  }

  private double measure(SpeakerLab lab, BgpSinks sinks, List<PeerSettings> peers, String key)
      throws IOException {
    LabNode node = lab.nodes().getFirst();
    lab.start(node);
    int reading = stuckless(key) ? peers.size() : peers.size() - 1;
    Routing routing = Routing.hosts(peers, RouterField.FIRST, RouterField.MANY);
    Usage before = Usage.of(lab.speaker(node).pid());
    long begin = System.nanoTime();
    push(lab, node, routing);
    await(sinks, reading, RouterField.MANY);
    double took = (sinks.last() - begin) / 1e6;
    Usage after = Usage.of(lab.speaker(node).pid());
    figures.add(
        key + "all_ms",
        peers.size()
            + " new peers, each with 10,000 routes"
            + (reading == peers.size() ? "" : ", one stuck"),
        Spread.of(took),
        "ms");
    figures.add(
        key + "cpu_s",
        "processor time of the speaker",
        Spread.of(after.seconds() - before.seconds()),
        "s");
    figures.add(key + "rss_mib", "its resident memory", Spread.of(after.residentMiB()), "MiB");
    List<Double> changes = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      sinks.forget();
      routing =
          routing.marking(
              IpAddress.of("10.200.0." + i), new Community.Standard((64_512 << 16) | i));
      var change = lab.routeChange(node, routing);
      long pushed = System.nanoTime();
      if (!change.getAsBoolean()) {
        throw new IllegalStateException("the speaker has not stored the change");
      }
      await(sinks, reading, 1);
      changes.add((sinks.last() - pushed) / 1e6);
    }
    Spread change = Spread.median(changes);
    figures.add(key + "change_ms", "one changed route at every peer that reads", change, "ms");
    long asked = System.nanoTime();
    if (lab.status(node).isEmpty()) {
      throw new IllegalStateException("the speaker does not tell its status");
    }
    figures.add(
        key + "status_ms", "its whole status", Spread.of((System.nanoTime() - asked) / 1e6), "ms");
    if (stuckless(key)) {
      new ShowCost(distribution, figures, node.host()).measure(key, peers.size());
    }
    figures.add(
        key + "end_rss_mib",
        "its resident memory then",
        Spread.of(Usage.of(lab.speaker(node).pid()).residentMiB()),
        "MiB");
    return change.value();
  }

  private static boolean stuckless(String key) {
    return !key.contains("stuck");
  }

  private static void push(SpeakerLab lab, LabNode node, Routing routing) {
    if (!lab.route(node, routing)) {
      throw new IllegalStateException("the speaker did not store it");
    }
  }

  private static void await(BgpSinks sinks, int peers, int prefixes) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (sinks.having(prefixes) < peers) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            sinks.having(prefixes) + " of " + peers + " peers have " + prefixes);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }

  private static PeerSettings peer(String name, String address) {
    return new PeerSettings(
        new PeerName(name),
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of(address),
        179,
        Duration.ofSeconds(90),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(5)),
        Optional.empty(),
        Optional.empty(),
        Hops.SINGLE,
        Extras.of(IpFamily.IPV4));
  }
}
