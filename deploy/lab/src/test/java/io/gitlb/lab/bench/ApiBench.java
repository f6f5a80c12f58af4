// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// `./gitlb bench api`: the reconciler against the API server stand-in, each a process of its own,
/// driven and watched from this third one. No speakers and no nodes, Git remote on the same disk,
/// all settings at their defaults but the pool's, whose addresses are free at once when they are
/// released.
///
/// **rate**: 5,000 Services are created at once; the clock runs from the first request until a
/// watch has shown all 5,000 with an address, and the ledger is then read to see that each has a
/// record (the record is committed before the status is written). The yardstick is [BareClient],
/// which writes the same statuses with the same client library, the same Java options and the same
/// number of requests in flight, and does nothing else. It never sees the ledger, never plans, and
/// writes no Event (the reconciler writes one a Service). Reconciler and bare client have a
/// stand-in each, both of the same options; all four processes live through the whole run, have two
/// rounds to warm up, and rest while it is the other's turn: the rounds are A B A B. So neither
/// Java's start nor the other's informers count, and the creation, which takes both the same work,
/// does.
///
/// **latency**: one Service at a time by `kubectl apply`, with 100 and with 10,000 Services beside
/// it; from the start of the kubectl process, and from the moment that a watch shows the Service,
/// until the same watch shows its address.
///
/// **rest**: 10,000 Services and nothing happens: processor time of the reconciler, API writes,
/// files with Git objects.
public final class ApiBench {

  private static final int AT_ONCE = 5_000;
  private static final int FEW = 100;
  private static final int MANY = 10_000;

  private final BenchArguments arguments;
  private final Figures figures;
  private final Path directory;
  private final Distribution distribution;

  private ApiBench(BenchArguments arguments, Path directory) {
    this.arguments = arguments;
    this.figures = new Figures("api", System.out);
    this.directory = directory;
    this.distribution =
        new Distribution(
            Path.of(System.getProperty("gitlb.distribution", "deploy/dist/target/gitlb")));
  }

  /// @param line `--quick`, `--check`, and the parts to run: `rate`, `latency`, `rest`
  public static void main(String[] line) throws IOException {
    BenchArguments arguments =
        BenchArguments.parse("api", List.of(line), Set.of("rate", "latency", "rest"));
    Path directory = Files.createTempDirectory("gitlb-bench-api");
    int code;
    try {
      code = new ApiBench(arguments, directory).run();
    } finally {
      remove(directory);
    }
    System.exit(code);
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(file);
      }
    }
  }

  private int run() {
    SortedSet<String> parts = arguments.parts();
    if (parts.contains("rate")) {
      rate();
    }
    if (parts.contains("latency") || parts.contains("rest")) {
      try (Installed installed = Installed.reconciler(directory.resolve("single"), distribution)) {
        if (parts.contains("latency")) {
          fill(installed, 0, FEW);
          latency(installed, FEW);
        }
        fill(installed, parts.contains("latency") ? FEW : 0, MANY);
        if (parts.contains("latency")) {
          latency(installed, MANY);
        }
        if (parts.contains("rest")) {
          rest(installed);
        }
      }
    }
    return figures.finish(arguments);
  }

  private static List<String> names(String prefix, int from, int to) {
    return IntStream.range(from, to).mapToObj(number -> prefix + "-" + number).toList();
  }

  // --- rate
  // ---------------------------------------------------------------------------------------

  /// @param seconds from the first creation to the last address
  /// @param cpu the servant's processor time in that time, seconds
  /// @param serverCpu the stand-in's
  private record Round(double seconds, double cpu, double serverCpu) {

    String text() {
      return "%.2f s (cpu %.2f s, API server's %.2f s)".formatted(seconds, cpu, serverCpu);
    }
  }

  private void rate() {
    figures.say(
        "rate: " + AT_ONCE + " Services at once, reconciler (A) and bare client (B) by turns");
    List<Round> ours = new ArrayList<>();
    List<Round> bare = new ArrayList<>();
    try (Installed a = Installed.reconciler(directory.resolve("a"), distribution);
        Installed b = Installed.bareClient(directory.resolve("b"))) {
      int rounds = arguments.length().choose(7, 3);
      int warmUp = arguments.length().choose(3, 2);
      for (int round = -warmUp; round < rounds; round++) {
        List<String> names = names("round" + (round + warmUp), 0, AT_ONCE);
        Round first = atOnce(a, names);
        long records = a.records();
        if (records != AT_ONCE) {
          throw new IllegalStateException(
              "all have a status, and the ledger has %d records".formatted(records));
        }
        cleanUp(a, names);
        Round second = atOnce(b, names);
        cleanUp(b, names);
        figures.say(
            "  %s A %s, B %s, rate A/B %.2f"
                .formatted(
                    round < 0 ? "warm-up" : "round " + (round + 1),
                    first.text(),
                    second.text(),
                    second.seconds / first.seconds));
        if (round >= 0) {
          ours.add(first);
          bare.add(second);
        }
      }
    }
    List<Double> ratios =
        IntStream.range(0, ours.size())
            .mapToObj(round -> bare.get(round).seconds / ours.get(round).seconds)
            .toList();
    figures.add(
        "rate_ratio",
        "rate of the reconciler by that of the bare client",
        Spread.median(ratios).times(100),
        "%",
        new Bar.AtLeast(80));
    figures.add("rate_gitlb_s", "reconciler, until all have status and record", seconds(ours), "s");
    figures.add("rate_bare_s", "bare client, until all have a status", seconds(bare), "s");
    figures.add("rate_gitlb_cpu_s", "reconciler's processor time", cpu(ours), "s");
    figures.add("rate_bare_cpu_s", "bare client's processor time", cpu(bare), "s");
  }

  private static Spread seconds(List<Round> rounds) {
    return Spread.median(rounds.stream().map(Round::seconds).toList());
  }

  private static Spread cpu(List<Round> rounds) {
    return Spread.median(rounds.stream().map(Round::cpu).toList());
  }

  private static Round atOnce(Installed installed, List<String> names) {
    Duration cpu = installed.servant().cpu();
    Duration serverCpu = installed.serverCpu();
    long start = System.nanoTime();
    installed.user().create(names);
    installed.awaitServed(names);
    return new Round(
        (installed.user().lastServedAt(names) - start) / 1e9,
        installed.servant().cpu().minus(cpu).toNanos() / 1e9,
        installed.serverCpu().minus(serverCpu).toNanos() / 1e9);
  }

  private static void cleanUp(Installed installed, List<String> names) {
    installed.user().delete(names);
    installed.awaitQuiet();
  }

  // --- latency
  // ------------------------------------------------------------------------------------

  private static void fill(Installed installed, int from, int to) {
    List<String> names = names("standing", from, to);
    installed.user().create(names);
    installed.awaitServed(names);
    installed.awaitQuiet();
  }

  private void latency(Installed installed, int beside) {
    int rounds = arguments.length().choose(330, 40);
    int warmUp = arguments.length().choose(30, 10);
    figures.say("latency: " + rounds + " Services, one at a time, beside " + beside);
    Kubectl kubectl = new Kubectl(installed);
    List<Double> fromStart = new ArrayList<>();
    List<Double> fromObject = new ArrayList<>();
    Duration cpu = Duration.ZERO;
    for (int round = -warmUp; round < rounds; round++) {
      if (round == 0) {
        cpu = installed.servant().cpu();
      }
      String name = "single" + beside + "-" + (round + warmUp);
      long start = System.nanoTime();
      kubectl.apply(name);
      installed.awaitServed(List.of(name));
      long served = installed.user().servedAt(name);
      if (round >= 0) {
        fromStart.add((served - start) / 1e6);
        fromObject.add((served - installed.user().createdAt(name)) / 1e6);
      }
      installed.user().delete(List.of(name));
    }
    double used = installed.servant().cpu().minus(cpu).toNanos() / 1e6 / rounds;
    installed.awaitQuiet();
    String suffix = "_at_" + beside;
    Bar bar = new Bar.Below(500);
    figures.add(
        "apply_p99_ms" + suffix,
        "kubectl apply to status, p99",
        Spread.quantile(fromStart, 0.99),
        "ms",
        bar);
    figures.add(
        "apply_p50_ms" + suffix, "kubectl apply to status, p50", Spread.median(fromStart), "ms");
    figures.add(
        "object_p99_ms" + suffix,
        "from the moment that the Service exists, p99",
        Spread.quantile(fromObject, 0.99),
        "ms");
    figures.add(
        "object_p50_ms" + suffix,
        "from the moment that the Service exists, p50",
        Spread.median(fromObject),
        "ms");
    figures.add(
        "cpu_ms_per_service" + suffix,
        "reconciler's processor time for one that comes and goes",
        Spread.of(used),
        "ms");
  }

  // --- rest
  // ---------------------------------------------------------------------------------------

  private void rest(Installed installed) {
    Duration time = Duration.ofSeconds(arguments.length().choose(600, 60));
    figures.say("rest: " + MANY + " Services, nothing happens for " + time.toSeconds() + " s");
    awaitPushed(installed);
    ChildProcess reconciler = installed.servant();
    SortedSet<String> objects = installed.gitObjects();
    long writes = installed.writes();
    Duration cpu = reconciler.cpu();
    long start = System.nanoTime();
    Installed.pause(time);
    double used = 100.0 * reconciler.cpu().minus(cpu).toNanos() / (System.nanoTime() - start);
    SortedSet<String> added = new TreeSet<>(installed.gitObjects());
    added.removeAll(objects);
    figures.add(
        "rest_cpu_percent",
        "reconciler's processor time, of one core",
        Spread.of(used),
        "%",
        new Bar.Below(0.5));
    figures.add(
        "rest_api_writes",
        "API writes",
        Spread.of((double) (installed.writes() - writes)),
        "requests",
        new Bar.Exactly(0));
    figures.add(
        "rest_git_objects",
        "new files with Git objects",
        Spread.of(added.size()),
        "files",
        new Bar.Exactly(0));
    figures.add(
        "rest_rss_mib",
        "reconciler's resident memory",
        Spread.of(reconciler.memoryMiB("VmRSS")),
        "MiB",
        new Bar.Below(256));
    figures.add(
        "rest_rss_peak_mib",
        "and at its peak before",
        Spread.of(reconciler.memoryMiB("VmHWM")),
        "MiB");
  }

  /// The ledger is pushed at most every ten seconds; the last push is over when nothing was written
  /// for two of those.
  private static void awaitPushed(Installed installed) {
    SortedSet<String> before;
    do {
      before = installed.gitObjects();
      Installed.pause(Duration.ofSeconds(25));
    } while (!before.equals(installed.gitObjects()));
    installed.awaitQuiet();
  }

  /// kubectl as people have it.
  private static final class Kubectl {

    private final Installed installed;
    private final String program;

    Kubectl(Installed installed) {
      this.installed = installed;
      this.program = System.getProperty("gitlb.kubectl", "kubectl");
    }

    /// Applies a Service and waits for the process to end.
    void apply(String name) {
      Path file = installed.directory().resolve("service.json");
      try {
        Files.writeString(file, ApiUser.manifest(name));
        Process process =
            new ProcessBuilder(
                    program,
                    "--kubeconfig=" + installed.kubeconfig(),
                    "--cache-dir=" + installed.directory().resolve("kubectl-cache"),
                    "apply",
                    "--validate=false",
                    "-f",
                    file.toString())
                .redirectErrorStream(true)
                .redirectOutput(installed.directory().resolve("kubectl.log").toFile())
                .start();
        if (process.waitFor() != 0) {
          throw new IllegalStateException(
              Files.readString(installed.directory().resolve("kubectl.log")));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
