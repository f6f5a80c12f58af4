// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import static io.gitlb.lab.bench.ApplyRound.between;

import io.gitlb.demo.DemoNetwork;
import io.gitlb.demo.DemoNode;
import io.gitlb.demo.Distribution;
import io.gitlb.demo.Installation;
import io.gitlb.demo.git.LogEntry;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.ArpCapture;
import io.gitlb.lab.segment.ArpPinger;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.ServiceRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/// `./gitlb bench apply`: one Service after the other, with a ready pod, of a pool that two
/// speakers announce by ARP: from the request that creates it until its status has an address,
/// which was probed on the link, and until a client on the link has the first ARP answer for it.
/// API server stand-in, reconciler with ledger and Git remote, and both speakers are processes of
/// their own. The status is looked at each 10 ms; the client asks each 2 ms from then on. A round
/// begins when the ledger has let go of the address of the round before, since one that is given on
/// at once is not probed.
///
/// Every round is a line in `target/bench/apply.csv` with the moments of [ApplyRound]; the logs of
/// the processes are kept beside it.
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
  private final Path output = Path.of(System.getProperty("gitlb.bench.output", "target/bench"));

  private ApplyBench(BenchArguments arguments) {
    this.arguments = arguments;
  }

  /// @param line `--quick`, `--check`
  public static void main(String[] line) throws IOException {
    BenchArguments arguments = BenchArguments.parse("apply", List.of(line), Set.of("lan"));
    Sandbox.sweep();
    System.exit(new ApplyBench(arguments).run());
  }

  private int run() throws IOException {
    Path logs = Files.createDirectories(output.resolve("apply-logs"));
    try (Sandbox sandbox = Sandbox.open(logs)) {
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
              new ArpPinger(network.client(), (Ipv4) IpAddress.of(DemoNetwork.CLIENT_ADDRESS), 2);
          ArpCapture capture = ArpCapture.start(network.client())) {
        tell(rounds(installation, network, new Judges(pinger, capture)));
      }
    }
    return figures.finish(arguments);
  }

  /// Who is on the client's link.
  private record Judges(ArpPinger pinger, ArpCapture capture) {}

  private List<ApplyRound> rounds(
      Installation installation, DemoNetwork.OnTheWire network, Judges judges) {
    List<ApplyRound> all = new ArrayList<>();
    int rounds = arguments.length().choose(300, 60);
    for (int round = -WARM_UP; round < rounds; round++) {
      ServiceRef service = new ServiceRef(NAMESPACE, "s" + (round + WARM_UP));
      DemoNode node = network.nodes().get(Math.floorMod(round, network.nodes().size()));
      installation.user().createReadyEndpoint(service, node.name(), "10.244.0.7");
      ApplyRound done = round(installation, service, judges);
      if (round >= 0) {
        all.add(done);
      }
      installation.user().delete(service);
      awaitFree(installation);
    }
    return all;
  }

  private static ApplyRound round(Installation installation, ServiceRef service, Judges judges) {
    Instant began = Instant.now();
    long start = System.nanoTime();
    installation.user().createLoadBalancer(service, new TreeMap<>());
    Ipv4 address = (Ipv4) IpAddress.of(awaitAddress(installation, service, start));
    long shown = System.nanoTime();
    OptionalDouble recorded = recorded(installation, began);
    long answered =
        judges
            .pinger()
            .first(address, LIMIT)
            .orElseThrow(() -> new IllegalStateException("nobody answers for " + address));
    LongStream probed = Arrays.stream(judges.capture().probed(start, address));
    LongSummaryStatistics probes = probed.summaryStatistics();
    return new ApplyRound(
        probes.getCount() == 0 ? OptionalDouble.empty() : since(start, probes.getMin()),
        probes.getCount() == 0 ? OptionalDouble.empty() : since(start, probes.getMax()),
        recorded,
        (shown - start) / MILLIS,
        Arrays.stream(judges.capture().told(start, address))
            .mapToDouble(told -> (told - start) / MILLIS)
            .findFirst(),
        (answered - start) / MILLIS);
  }

  private static OptionalDouble since(long start, long nanos) {
    return OptionalDouble.of((nanos - start) / MILLIS);
  }

  /// When the ledger's branch was moved last.
  private static OptionalDouble recorded(Installation installation, Instant began) {
    Path branch =
        installation.localLedgerDirectory().resolve("refs/heads/" + Installation.LEDGER_BRANCH);
    try {
      Instant moved = Files.getLastModifiedTime(branch).toInstant();
      return moved.isBefore(began)
          ? OptionalDouble.empty()
          : OptionalDouble.of(Duration.between(began, moved).toNanos() / MILLIS);
    } catch (IOException e) {
      // Packed just now.
      return OptionalDouble.empty();
    }
  }

  private void tell(List<ApplyRound> rounds) throws IOException {
    List<String> lines = new ArrayList<>(List.of(ApplyRound.HEADER));
    for (ApplyRound round : rounds) {
      lines.add(round.line(lines.size() - 1));
    }
    Files.write(output.resolve("apply.csv"), lines);
    part("asked", "part: request -> first probe", rounds, ApplyRound::asked);
    part("probe", "part: first -> last probe", rounds, one -> between(one.asked(), one.probed()));
    part(
        "record",
        "part: last probe, and the wait for its answer -> in the ledger",
        rounds,
        one -> between(one.probed(), one.recorded()));
    part(
        "show",
        "part: in the ledger -> status",
        rounds,
        one -> between(one.recorded(), OptionalDouble.of(one.shown())));
    part(
        "tell",
        "part: in the ledger -> first gratuitous frame",
        rounds,
        one -> between(one.recorded(), one.told()));
    bar("status", "request -> status, probe included", millis(rounds, ApplyRound::shown), 500);
    bar("answer", "request -> first ARP answer", millis(rounds, ApplyRound::answered), 1_500);
  }

  private static List<Double> millis(List<ApplyRound> rounds, ToDoubleFunction<ApplyRound> moment) {
    return rounds.stream().mapToDouble(moment).boxed().toList();
  }

  private void part(
      String key,
      String what,
      List<ApplyRound> rounds,
      Function<ApplyRound, OptionalDouble> length) {
    List<Double> millis =
        rounds.stream().map(length).flatMapToDouble(OptionalDouble::stream).boxed().toList();
    if (!millis.isEmpty()) {
      figures.add(key + "_p50_ms", what + ", median", Spread.median(millis), "ms");
      figures.add(key + "_p99_ms", what + ", p99", Spread.quantile(millis, 0.99), "ms");
    }
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

  private static void awaitFree(Installation installation) {
    long start = System.nanoTime();
    while (!isFree(installation.localLedger())) {
      if (System.nanoTime() - start > LIMIT.toNanos()) {
        throw new IllegalStateException("the address of a deleted Service does not become free");
      }
      pause();
    }
  }

  private static boolean isFree(List<LogEntry> ledger) {
    return ledger.stream()
        .map(LogEntry::subject)
        .filter(subject -> subject.matches("(allocate|release|retain|free) .*"))
        .findFirst()
        .filter(subject -> subject.startsWith("free "))
        .isPresent();
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void bar(String key, String what, List<Double> millis, double bar) {
    figures.add(key + "_p50_ms", what + ", median", Spread.median(millis), "ms");
    figures.add(
        key + "_p99_ms", what + ", p99", Spread.quantile(millis, 0.99), "ms", new Bar.Below(bar));
  }
}
