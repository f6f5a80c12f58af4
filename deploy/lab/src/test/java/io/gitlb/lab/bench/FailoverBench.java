// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.Failure;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.Round;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.value.Ipv4;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/// `./gitlb bench failover`: five speakers as real processes in namespaces on one bridge, with a
/// management network beside it. A client opens a TCP connection to the address every 10 ms,
/// through a DNAT rule on whichever node its packets reach; an observer asks by ARP every 10 ms who
/// has it. What a client sees as a gap runs from the beginning of its last good connection before
/// to that of its first good one after, where good means done within 250 ms.
///
/// **crash**: kill -9 of the owner's speaker and a cut of its segment without loss of carrier, in
/// turn. There are five addresses, the owner of one after another fails, and its node is repaired
/// while the round is judged, with three others at least to take over at any time.
///
/// **graceful**: SIGTERM of the owner's speaker; connections that fail, those that the change found
/// under way, and flows that were there before. What a connection has (its address translation, its
/// socket) is on the node that took its first packet: one that is not over when the client turns to
/// the other node is cut there, by a reset, whoever announces the address and however. Such ones
/// are counted apart, by the client's own packets: the first ones to the old owner, later ones to
/// the new, and begun before anything went to the new.
///
/// **busy**: the same as crash with a busy loop on each core, and then nothing at all for ten
/// minutes, in which each change of owner is a false failover.
///
/// **keepalived**: VRRP at 1 s and at 10 ms, on the same network with the same judges.
///
/// Every round is a line in `target/bench/failover-PART.csv`, which has `.part` behind its name
/// until the last one: a run that was ended early goes on there. A control process notes when the
/// machine stalls; rounds with a stall above 100 ms are counted, and in the figures all the same.
public final class FailoverBench {

  private static final int NODES = 5;
  private static final double STALLED_MILLIS = 100;

  /// Connections that are there before an owner goes.
  private static final int FLOWS = 5;

  private final BenchArguments arguments;
  private final Figures figures;
  private final Distribution distribution;
  private final Path output;

  private FailoverBench(BenchArguments arguments) {
    this.arguments = arguments;
    this.figures = new Figures("failover", System.out);
    this.distribution =
        new Distribution(
            Path.of(System.getProperty("gitlb.distribution", "deploy/dist/target/gitlb")));
    this.output = Path.of(System.getProperty("gitlb.bench.output", "target/bench"));
  }

  /// @param line `--quick`, `--check`, and the parts to run: `crash`, `graceful`, `busy`,
  ///   `keepalived`
  public static void main(String[] line) throws IOException, InterruptedException {
    BenchArguments arguments =
        BenchArguments.parse(
            "failover", List.of(line), Set.of("crash", "graceful", "busy", "keepalived"));
    Sandbox.sweep();
    System.exit(new FailoverBench(arguments).run());
  }

  private int run() throws IOException, InterruptedException {
    Files.createDirectories(output);
    if (arguments.parts().contains("crash")) {
      try (Sandbox sandbox = sandbox("crash")) {
        crash("crash", "", open(sandbox), rounds(300), new Bar.Below(1000));
      }
    }
    if (arguments.parts().contains("graceful")) {
      try (Sandbox sandbox = sandbox("graceful")) {
        graceful(open(sandbox), rounds(100));
      }
    }
    if (arguments.parts().contains("busy")) {
      try (Sandbox sandbox = sandbox("busy")) {
        busy(sandbox);
      }
    }
    if (arguments.parts().contains("keepalived")) {
      new KeepalivedRounds(figures, output).run(arguments.length().choose(20, 5));
    }
    return figures.finish(arguments);
  }

  private int rounds(int full) {
    return arguments.length().choose(full, 20);
  }

  private Field open(Sandbox sandbox) {
    return Field.open(sandbox, distribution, NODES, NODES);
  }

  /// The logs of a part are kept until it is run again.
  private Sandbox sandbox(String part) throws IOException {
    Path logs = Files.createDirectories(output.resolve("failover-" + part + "-logs"));
    try (Stream<Path> old = Files.list(logs)) {
      for (Path log : old.toList()) {
        Files.delete(log);
      }
    }
    return Sandbox.open(logs);
  }

  /// A quick run has files of its own: it is no part of a full one.
  private Path file(String part) {
    return output.resolve("failover-" + part + (rounds(1) == 1 ? "" : "-quick") + ".csv");
  }

  private void crash(String part, String prefix, Field field, int count, Bar worst)
      throws InterruptedException {
    long from = System.nanoTime();
    List<Round> rounds;
    try (FailoverRounds running =
        new FailoverRounds(field, List.of(Failure.KILL, Failure.CUT), file(part))) {
      rounds = running.run(count, _ -> () -> {});
    }
    for (Failure failure : List.of(Failure.KILL, Failure.CUT)) {
      List<Round> those = rounds.stream().filter(round -> round.failure() == failure).toList();
      String key = prefix + failure.name().toLowerCase(Locale.ROOT) + "_";
      tell(key + "detected_ms", failure + ": detected", those, Round::detected);
      tell(key + "decided_ms", failure + ": decided", those, Round::decided);
      tell(key + "first_answer_ms", failure + ": first good answer", those, Round::firstAnswer);
      tell(key + "client_gap_ms", failure + ": client's gap", those, FailoverBench::gap);
    }
    gaps(prefix, rounds, worst);
    falseAlarms(prefix, field);
    double minutes = (System.nanoTime() - from) / 60e9;
    figures.add(prefix + "minutes", count + " rounds took", Spread.of(minutes), "min");
  }

  private void falseAlarms(String prefix, Field field) {
    long conflicts =
        field.conflicts(field.lab().nodes()).values().stream().mapToLong(Long::longValue).sum();
    figures.add(
        prefix + "false_conflicts",
        "conflicts reported, of which there were none",
        Spread.of((double) conflicts),
        "reports",
        new Bar.Exactly(0));
  }

  private static OptionalDouble gap(Round round) {
    return OptionalDouble.of(round.clientGap());
  }

  private void gaps(String prefix, List<Round> rounds, Bar p99) {
    List<Double> gaps = rounds.stream().map(Round::clientGap).toList();
    figures.add(
        prefix + "client_gap_ms", "client's gap", Spread.median(gaps), "ms", new Bar.Below(500));
    figures.add(prefix + "client_gap_p99_ms", "p99", Spread.quantile(gaps, 0.99), "ms", p99);
    figures.add(
        prefix + "never",
        "rounds in which nobody took over",
        Spread.of((double) rounds.stream().filter(round -> round.firstAnswer().isEmpty()).count()),
        "rounds",
        new Bar.Exactly(0));
    figures.add(
        prefix + "doubled_ms",
        "two nodes answered, longest",
        Spread.of(rounds.stream().mapToDouble(Round::doubled).max().orElse(0)),
        "ms",
        new Bar.Below(500));
    figures.add(
        prefix + "stalled",
        "rounds in which the machine stalled above 100 ms",
        Spread.of((double) rounds.stream().filter(round -> round.stall() > STALLED_MILLIS).count()),
        "rounds");
  }

  private void tell(
      String key, String what, List<Round> rounds, Function<Round, OptionalDouble> value) {
    List<Double> values =
        rounds.stream()
            .map(value)
            .filter(OptionalDouble::isPresent)
            .map(OptionalDouble::getAsDouble)
            .toList();
    if (!values.isEmpty()) {
      figures.add(key, what, Spread.median(values), "ms");
    }
  }

  private void graceful(Field field, int count) throws InterruptedException {
    AtomicInteger flows = new AtomicInteger();
    AtomicInteger survived = new AtomicInteger();
    List<Round> rounds;
    try (FailoverRounds running =
        new FailoverRounds(field, List.of(Failure.GRACEFUL), file("graceful"))) {
      rounds = running.run(count, address -> established(field, address, flows, survived));
    }
    figures.add(
        "graceful_failed",
        "connections that failed, of " + rounds.stream().mapToLong(Round::connections).sum(),
        Spread.of((double) rounds.stream().mapToLong(Round::failedConnections).sum()),
        "connections",
        new Bar.Exactly(0));
    figures.add(
        "graceful_under_way",
        "under way when the owner changed",
        Spread.of((double) rounds.stream().mapToLong(Round::underWay).sum()),
        "connections");
    figures.add(
        "graceful_cut",
        "under way and cut",
        Spread.of((double) rounds.stream().mapToLong(Round::cut).sum()),
        "connections");
    figures.add(
        "graceful_gap_ms",
        "client's gap, worst of all",
        Spread.of(rounds.stream().mapToDouble(Round::clientGap).max().orElse(0)),
        "ms");
    falseAlarms("graceful_", field);
    tell("graceful_first_answer_ms", "first answer of the new", rounds, Round::firstAnswer);
    figures.add(
        "graceful_flows_lost",
        "flows that were there before and broke, of " + flows.get(),
        Spread.of(flows.get() - survived.get()),
        "flows");
  }

  private static Runnable established(
      Field field, Ipv4 address, AtomicInteger flows, AtomicInteger survived) {
    Flows open = Flows.open(field, address, FLOWS);
    flows.addAndGet(FLOWS);
    return () -> {
      survived.addAndGet(open.alive());
      open.close();
    };
  }

  private void busy(Sandbox sandbox) throws InterruptedException {
    Field field = open(sandbox);
    try (BusyCores _ = new BusyCores(sandbox)) {
      crash("busy", "busy_", field, rounds(60), new Bar.Below(1500));
      new FalseFailovers(field, figures).watch(arguments.length().choose(600, 60));
    }
  }
}
