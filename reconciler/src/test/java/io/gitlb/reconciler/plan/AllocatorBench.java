// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.allocator.PickBench;
import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.BenchArguments.Length;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.ServiceRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/// `./gitlb bench allocator`: what planning costs, without input and output around it.
///
/// **pick** is measured by JMH ([PickBench]). **plan** measures whole passes of a [Planner], by the
/// clock, in several Java processes after each other, in each after a warm-up; what is compared
/// takes turns within one process. A pass in which something changes is followed by one that takes
/// it back, which is not measured, so that every round finds what the one before it found.
/// **memory** measures what a planner keeps alive, in processes of their own: the heap in use after
/// garbage collections with the planner, less the same without it. Services, records and
/// definitions are there both times: they belong to the view and the ledger, and the planner only
/// refers to them.
public final class AllocatorBench {

  private static final int MANY = 10_000;
  private static final int FEW = 100;
  private static final int WAITING = 1_000;
  private static final int LINEAR = 2_000;

  /// As many as the README's figure is for; more would only make the rounding smaller.
  private static final int REMEMBERED = 50_000;

  private static final String SIXTEEN = PlanStory.pool("lan 10.5.0.0/16");

  /// 10,000 addresses.
  private static final String FULL = PlanStory.pool("lan 10.5.0.0-10.5.39.15");

  /// What the compiler must not do without.
  private static final AtomicReference<Object> LAST = new AtomicReference<>(Plan.NONE);

  /// What no garbage collection takes.
  private static final List<Object> KEPT = new ArrayList<>();

  private AllocatorBench() {}

  /// @param line `--quick`, `--check`, and the parts to run: `pick`, `plan`, `memory`
  public static void main(String[] line) throws IOException, RunnerException {
    if (line.length == 2 && line[0].equals("child")) {
      switch (line[1]) {
        case "memory" -> measureMemory();
        case "plan" -> measurePlans(1.0);
        default -> measurePlans(0.3);
      }
      return;
    }
    BenchArguments arguments =
        BenchArguments.parse("allocator", List.of(line), Set.of("pick", "plan", "memory"));
    Figures figures = new Figures("allocator", System.out);
    if (arguments.parts().contains("pick")) {
      pick(arguments.length(), figures);
    }
    if (arguments.parts().contains("plan")) {
      plan(arguments.length(), figures);
    }
    if (arguments.parts().contains("memory")) {
      memory(figures);
    }
    System.exit(figures.finish(arguments));
  }

  // --- pick
  // ---------------------------------------------------------------------------------------

  private static void pick(Length length, Figures figures) throws RunnerException {
    figures.say("pick: find the lowest free address of a pool and take it (JMH)");
    Map<String, Statistics> results = new TreeMap<>();
    for (RunResult result :
        new Runner(
                new OptionsBuilder()
                    .include(PickBench.class.getName())
                    .forks(length.choose(3, 1))
                    .warmupIterations(length.choose(5, 3))
                    .warmupTime(TimeValue.milliseconds(300))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.milliseconds(length.choose(400, 200)))
                    .timeUnit(TimeUnit.NANOSECONDS)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run()) {
      results.put(result.getParams().getParam("fill"), result.getPrimaryResult().getStatistics());
    }
    pick(figures, results, "V4_EMPTY", "IPv4 /16, empty");
    pick(figures, results, "V4_HALF", "IPv4 /16, every other one taken");
    pick(figures, results, "V4_ALMOST_FULL", "IPv4 /16, 99.9 % taken");
    pick(figures, results, "V6_LOWEST", "IPv6 /64, the lowest 100,000 taken");
    pick(figures, results, "V6_SCATTERED", "IPv6 /64, 100,000 of 200,000 taken, every other");
  }

  private static void pick(
      Figures figures, Map<String, Statistics> results, String fill, String what) {
    Statistics found = results.get(fill);
    if (found == null) {
      throw new IllegalStateException("JMH has no result of " + fill);
    }
    figures.add(
        "pick_" + fill.toLowerCase(Locale.ROOT) + "_ns",
        what,
        new Spread(found.getMean(), found.getMin(), found.getMax(), (int) found.getN()),
        "ns",
        new Bar.Below(100));
  }

  // --- the parent of the measuring processes
  // --------------------------------------------------------

  /// Runs this class in processes of their own, one after another.
  ///
  /// @return key → what all of them measured
  private static Map<String, List<Double>> children(int count, String what) throws IOException {
    Map<String, List<Double>> results = new TreeMap<>();
    for (int child = 0; child < count; child++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-Xms512m",
                  "-Xmx512m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  AllocatorBench.class.getName(),
                  "child",
                  what)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line : output.lines().toList()) {
          int space = line.indexOf(' ');
          results
              .computeIfAbsent(line.substring(0, space), _ -> new ArrayList<>())
              .add(Double.valueOf(line.substring(space + 1)));
        }
      }
      try {
        if (process.waitFor() != 0) {
          throw new IllegalStateException("a measuring process failed");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    return results;
  }

  private static Spread of(Map<String, List<Double>> results, String key) {
    return Spread.median(Optional.ofNullable(results.get(key)).orElseThrow());
  }

  private static void tell(String key, double value) {
    System.out.printf(Locale.ROOT, "%s %.4f%n", key, value);
  }

  private static void plan(Length length, Figures figures) throws IOException {
    int forks = length.choose(5, 2);
    figures.say("plan: passes of the planner, medians of " + forks + " Java processes");
    Map<String, List<Double>> r = children(forks, length.choose(1, 0) == 1 ? "plan" : "quick-plan");
    figures.add(
        "decision_us",
        "a decision by all rules, 1,000 new ones beside 10,000",
        of(r, "decision"),
        "us",
        new Bar.Below(10));
    figures.add(
        "fill_10000_ms",
        "10,000 Services into an empty /16",
        of(r, "fill"),
        "ms",
        new Bar.Below(100));
    figures.add(
        "fill_2000_ms",
        "2,000 Services into an empty /16, by all rules of ours",
        of(r, "fill2k"),
        "ms");
    figures.add(
        "fill_2000_linear_ms",
        "the same by a linear scan without other rules",
        of(r, "linear"),
        "ms");
    figures.add("one_at_100_us", "one new Service beside 100", of(r, "one100"), "us");
    figures.add("one_at_10000_us", "one new Service beside 10,000", of(r, "one10k"), "us");
    figures.add(
        "one_ratio", "the second by the first", of(r, "ratio"), "times", new Bar.Below(1.2));
    figures.add(
        "whole_at_100_us",
        "the same with the passes that see record and status, beside 100",
        of(r, "whole100"),
        "us");
    figures.add("whole_at_10000_us", "and beside 10,000", of(r, "whole10k"), "us");
    figures.add(
        "whole_ratio", "the second by the first", of(r, "wholeRatio"), "times", new Bar.Below(1.2));
    Bar pass = new Bar.Below(5);
    figures.add(
        "waiting_nothing_ms",
        "1,000 wait for a full pool: nothing changed",
        of(r, "waitNothing"),
        "ms",
        pass);
    figures.add(
        "waiting_unrelated_ms",
        "1,000 wait for a full pool: another Service changed",
        of(r, "waitUnrelated"),
        "ms",
        pass);
    figures.add(
        "waiting_freed_ms",
        "1,000 wait for a full pool: one address is free again",
        of(r, "waitFreed"),
        "ms",
        pass);
    figures.add("restart_10000_ms", "a new planner at 10,000 Services", of(r, "restart"), "ms");
  }

  private static void memory(Figures figures) throws IOException {
    figures.say("memory: with " + REMEMBERED + " addresses of a /16 allocated");
    Map<String, List<Double>> r = children(3, "memory");
    figures.add(
        "memory_bytes",
        "address spaces and indexes, an allocated address",
        of(r, "own"),
        "bytes",
        new Bar.Below(200));
    figures.add(
        "memory_decisions_bytes",
        "the decisions, which the plan hands out, a Service",
        of(r, "decisions"),
        "bytes");
  }

  // --- in a measuring process: passes
  // ---------------------------------------------------------------

  private static void measurePlans(double length) {
    // The first round through everything warms up.
    for (boolean counts : new boolean[] {false, true}) {
      double share = counts ? length : length / 2;
      Map<String, List<Double>> results = new TreeMap<>();
      decisions(results, rounds(20, share));
      fills(results, rounds(12, share));
      oneMore(results, rounds(20, share));
      waiting(results, rounds(300, share));
      restarts(results, rounds(12, share));
      if (counts) {
        results.forEach(AllocatorBench::tell);
      }
    }
  }

  /// The median of the rounds; of blocks that were compared, each.
  private static void tell(String key, List<Double> rounds) {
    if (key.endsWith("atio")) {
      rounds.forEach(value -> tell(key, value));
    } else {
      tell(key, Spread.median(rounds).value());
    }
  }

  private static int rounds(int full, double share) {
    return Math.max(2, (int) (full * share));
  }

  private static void add(Map<String, List<Double>> results, String key, double value) {
    results.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
  }

  /// @return nanoseconds
  private static double timed(Planner planner, BenchScene scene) {
    PlanInput input = scene.input(Adoption.CLOSED);
    long start = System.nanoTime();
    Plan plan = planner.plan(input);
    long end = System.nanoTime();
    LAST.set(plan);
    return end - start;
  }

  private static Planner planner(BenchScene scene) {
    Planner planner = new Planner();
    planner.plan(scene.input(Adoption.OPEN));
    planner.plan(scene.input(Adoption.CLOSED));
    planner.plan(scene.input(Adoption.CLOSED));
    return planner;
  }

  private static void decisions(Map<String, List<Double>> results, int rounds) {
    BenchScene base =
        BenchScene.of(BenchScene.ALL_RULES).with(BenchScene.mixed("a", 0, MANY)).settled();
    Planner planner = planner(base);
    int added = 1_000;
    for (int round = 0; round < rounds; round++) {
      BenchScene more = base.with(BenchScene.mixed("b", MANY, MANY + added));
      add(results, "decision", timed(planner, more) / added / 1e3);
      planner.plan(base.input(Adoption.CLOSED));
    }
  }

  private static void fills(Map<String, List<Double>> results, int rounds) {
    BenchScene many = BenchScene.of(SIXTEEN).with(BenchScene.plain("a", 0, MANY));
    BenchScene fewer = BenchScene.of(SIXTEEN).with(BenchScene.plain("a", 0, LINEAR));
    for (int round = 0; round < rounds; round++) {
      add(results, "fill", timed(new Planner(), many) / 1e6);
      add(results, "fill2k", timed(new Planner(), fewer) / 1e6);
      LinearScan linear = new LinearScan(IpPrefix.of("10.5.0.0/16").toRange());
      long start = System.nanoTime();
      for (int service = 0; service < LINEAR; service++) {
        LAST.set(linear.assign("demo/a" + service, 80));
      }
      add(results, "linear", (System.nanoTime() - start) / 1e6);
    }
  }

  /// A planner with its scene, to which one Service more comes.
  private record Stand(BenchScene base, Planner planner) {

    static Stand of(int services) {
      BenchScene base = BenchScene.of(SIXTEEN).with(BenchScene.plain("a", 0, services)).settled();
      return new Stand(base, AllocatorBench.planner(base));
    }

    /// @return nanoseconds of the pass that decides, and of all passes until it has come to rest
    double[] addOne(int number) {
      ServiceView service = BenchScene.plain("new", number, number + 1).getFirst();
      BenchScene scene = base.with(List.of(service));
      PlanInput input = scene.input(Adoption.CLOSED);
      long start = System.nanoTime();
      Plan plan = planner.plan(input);
      double first = System.nanoTime() - start;
      BenchScene recorded = scene.recorded(plan);
      double whole = first + timed(planner, recorded);
      whole += timed(planner, recorded.shown(plan, service.ref()));
      planner.plan(base.input(Adoption.CLOSED));
      planner.plan(base.input(Adoption.CLOSED));
      return new double[] {first, whole};
    }
  }

  private static void oneMore(Map<String, List<Double>> results, int blocks) {
    Stand few = Stand.of(FEW);
    Stand many = Stand.of(MANY);
    for (int block = 0; block < blocks; block++) {
      Map<String, List<Double>> rounds = new TreeMap<>();
      for (int round = 0; round < 100; round++) {
        double[] beside100 = few.addOne(round);
        double[] beside10k = many.addOne(round);
        add(rounds, "one100", beside100[0] / 1e3);
        add(rounds, "one10k", beside10k[0] / 1e3);
        add(rounds, "whole100", beside100[1] / 1e3);
        add(rounds, "whole10k", beside10k[1] / 1e3);
      }
      rounds.forEach((key, values) -> add(results, key, Spread.median(values).value()));
      add(results, "ratio", of(rounds, "one10k").value() / of(rounds, "one100").value());
      add(results, "wholeRatio", of(rounds, "whole10k").value() / of(rounds, "whole100").value());
    }
  }

  private static void waiting(Map<String, List<Double>> results, int rounds) {
    BenchScene base =
        BenchScene.of(FULL)
            .with(BenchScene.plain("a", 0, MANY))
            .settled()
            .with(BenchScene.plain("waits", 0, WAITING))
            .settled();
    ServiceRef some = base.view().services().keySet().iterator().next();
    BenchScene changed =
        base.with(
            List.of(
                ServiceBuilder.of(base.view().services().find(some).orElseThrow())
                    .labels("app=changed")
                    .build()));
    BenchScene freed = base.without(some);
    Planner planner = planner(base);
    for (int round = 0; round < rounds; round++) {
      add(results, "waitNothing", timed(planner, base) / 1e6);
      add(results, "waitUnrelated", timed(planner, changed) / 1e6);
      planner.plan(base.input(Adoption.CLOSED));
      add(results, "waitFreed", timed(planner, freed) / 1e6);
      planner.plan(base.input(Adoption.CLOSED));
      planner.plan(base.input(Adoption.CLOSED));
    }
    if (planner.plan(freed.input(Adoption.CLOSED)).edits().size() != 1) {
      throw new IllegalStateException("the free address was not given to one who waits");
    }
  }

  private static void restarts(Map<String, List<Double>> results, int rounds) {
    BenchScene base = BenchScene.of(SIXTEEN).with(BenchScene.plain("a", 0, MANY)).settled();
    for (int round = 0; round < rounds; round++) {
      PlanInput input = base.input(Adoption.OPEN);
      long start = System.nanoTime();
      Plan plan = new Planner().plan(input);
      add(results, "restart", (System.nanoTime() - start) / 1e6);
      if (!plan.edits().isEmpty()) {
        throw new IllegalStateException("a restart changes something");
      }
    }
  }

  // --- in a measuring process: memory
  // ---------------------------------------------------------------

  private static void measureMemory() {
    BenchScene scene = BenchScene.of(SIXTEEN).with(BenchScene.plain("a", 0, REMEMBERED)).settled();
    long records =
        scene.ledger().records().values().stream()
            .filter(record -> record.state() == AllocationRecord.State.ALLOCATED)
            .count();
    if (records != REMEMBERED) {
      throw new IllegalStateException(records + " addresses are allocated");
    }
    KEPT.add(scene);
    PlanInput input = scene.input(Adoption.CLOSED);
    KEPT.add(input);
    long without = heapInUse();
    keepPlanner(input);
    long with = heapInUse();
    // The planner goes, the decisions that the plan handed out stay.
    KEPT.removeLast();
    long withDecisions = heapInUse();
    tell("own", (double) (with - withDecisions) / REMEMBERED);
    tell("decisions", (double) (withDecisions - without) / REMEMBERED);
  }

  /// Keeps the decisions and, last, the planner. A method of its own, so that no variable of the
  /// caller refers to them.
  private static void keepPlanner(PlanInput input) {
    Planner planner = new Planner();
    planner.plan(input);
    KEPT.add(planner.plan(input).decisions());
    KEPT.add(planner);
  }

  private static long heapInUse() {
    for (int round = 0; round < 4; round++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
