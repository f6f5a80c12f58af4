// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.DemoNetwork;
import io.gitlb.demo.DemoNode;
import io.gitlb.demo.Distribution;
import io.gitlb.demo.Installation;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.ArpPinger;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.ServiceRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// `./gitlb bench apply`: one Service after the other, with a ready pod, of a pool that two
/// speakers announce by ARP: from the request that creates it until its status has an address,
/// which was probed on the link, and until a client on the link has the first ARP answer for it.
/// API server stand-in, reconciler with ledger and Git remote, and both speakers are processes of
/// their own. The status is looked at each 10 ms; the client asks each 2 ms from then on.
public final class ApplyBench {

  private static final String NAMESPACE = "bench";

  private static final String CONFIGURATION =
      """
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata: {name: lan}
      spec: {addresses: [10.77.0.100-10.77.0.149], retain: 0s, reuseDelay: 0s}
      ---
      apiVersion: metallb.io/v1beta1
      kind: L2Advertisement
      metadata: {name: lan}
      spec: {ipAddressPools: [lan]}
      """;

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final double MILLIS = 1e6;
  private static final int WARM_UP = 20;

  private final BenchArguments arguments;
  private final Figures figures = new Figures("apply", System.out);

  private ApplyBench(BenchArguments arguments) {
    this.arguments = arguments;
  }

  /// @param line `--quick`, `--check`
  public static void main(String[] line) {
    BenchArguments arguments = BenchArguments.parse("apply", List.of(line), Set.of("lan"));
    Sandbox.sweep();
    System.exit(new ApplyBench(arguments).run());
  }

  private int run() {
    try (Sandbox sandbox = Sandbox.open()) {
      DemoNetwork.OnTheWire network = DemoNetwork.onTheWire(sandbox);
      Installation installation =
          new Installation(
              sandbox,
              new Distribution(
                  Path.of(System.getProperty("gitlb.distribution", "deploy/dist/target/gitlb"))),
              network.nodes(),
              new TreeMap<>(Map.of("clusters/demo/network.yaml", CONFIGURATION)),
              Map.of());
      installation.startApiServer();
      installation.user().createNamespace(NAMESPACE);
      for (DemoNode node : network.nodes()) {
        installation.startSpeaker(node.name());
      }
      installation.startReconciler();
      try (ArpPinger pinger =
          new ArpPinger(network.client(), (Ipv4) IpAddress.of(DemoNetwork.CLIENT_ADDRESS), 2)) {
        rounds(installation, network, pinger);
      }
    }
    return figures.finish(arguments);
  }

  private void rounds(Installation installation, DemoNetwork.OnTheWire network, ArpPinger pinger) {
    List<Double> toStatus = new ArrayList<>();
    List<Double> toAnswer = new ArrayList<>();
    int rounds = arguments.length().choose(300, 60);
    for (int round = -WARM_UP; round < rounds; round++) {
      ServiceRef service = new ServiceRef(NAMESPACE, "s" + (round + WARM_UP));
      DemoNode node = network.nodes().get(Math.floorMod(round, network.nodes().size()));
      installation.user().createReadyEndpoint(service, node.name(), "10.244.0.7");
      long start = System.nanoTime();
      installation.user().createLoadBalancer(service, new TreeMap<>());
      String address = awaitAddress(installation, service, start);
      long shown = System.nanoTime();
      long answered =
          pinger
              .first((Ipv4) IpAddress.of(address), LIMIT)
              .orElseThrow(() -> new IllegalStateException("nobody answers for " + address));
      if (round >= 0) {
        toStatus.add((shown - start) / MILLIS);
        toAnswer.add((answered - start) / MILLIS);
      }
      installation.user().delete(service);
    }
    tell("status", "request -> status, probe included", toStatus, 500);
    tell("answer", "request -> first ARP answer", toAnswer, 1_500);
  }

  private static String awaitAddress(
      Installation installation, ServiceRef service, long startNanos) {
    while (System.nanoTime() - startNanos < LIMIT.toNanos()) {
      List<String> found = installation.user().addresses(service);
      if (!found.isEmpty()) {
        return found.getFirst();
      }
      pause();
    }
    throw new IllegalStateException(service + " gets no address");
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void tell(String key, String what, List<Double> millis, double bar) {
    figures.add(key + "_p50_ms", what + ", median", Spread.median(millis), "ms");
    figures.add(
        key + "_p99_ms", what + ", p99", Spread.quantile(millis, 0.99), "ms", new Bar.Below(bar));
  }
}
