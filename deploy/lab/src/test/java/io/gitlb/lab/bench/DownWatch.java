// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.net.RunningProcess;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.ControlTimer;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The sessions with routers that a speaker says have gone down, by its log, and whether the
/// machine is to blame.
final class DownWatch {

  /// A control process that is later than that does not keep time.
  private static final Duration LATE = Duration.ofMillis(50);

  /// Before a session goes down: longer than it takes to be missed.
  private static final Duration BEFORE = Duration.ofMillis(500);

  private final ControlTimer control;
  private final RunningProcess speaker;
  private final Instant begin = Instant.now();

  /// The time of day of the zero of [System#nanoTime].
  private final Instant zero = begin.minusNanos(System.nanoTime());

  private DownWatch(ControlTimer control, RunningProcess speaker) {
    this.control = control;
    this.speaker = speaker;
  }

  static DownWatch begin(ControlTimer control, RunningProcess speaker) {
    return new DownWatch(control, speaker);
  }

  void tell(String key, Figures figures) {
    Instant end = Instant.now();
    List<Span> stalls = control.stalls(LATE);
    List<String> lines = downs(end);
    List<Instant> downs = lines.stream().map(DownWatch::time).toList();
    long blamed = downs.stream().filter(down -> stalls.stream().noneMatch(covers(down))).count();
    lines.forEach(figures::say);
    figures.add(
        key + "_false",
        "sessions down while the control process kept time",
        Spread.of((double) blamed),
        "times",
        new Bar.Exactly(0));
    figures.add(key + "_down", "sessions down at all", Spread.of(downs.size()), "times");
    figures.add(
        key + "_stalls",
        "the control process late by more than 50 ms",
        Spread.of(stalls.size()),
        "times");
    figures.add(
        key + "_worst_stall_ms",
        "at worst",
        Spread.of(stalls.stream().mapToDouble(span -> span.length().toMillis()).max().orElse(0)),
        "ms");
    figures.add(
        key + "_minutes",
        "watched for",
        Spread.of(Duration.between(begin, end).toMillis() / 60_000.0),
        "min");
  }

  private java.util.function.Predicate<Span> covers(Instant down) {
    return stall ->
        zero.plusNanos(stall.from()).isBefore(down)
            && zero.plusNanos(stall.to()).isAfter(down.minus(BEFORE));
  }

  private List<String> downs(Instant end) {
    return speaker
        .output()
        .lines()
        .filter(line -> line.contains(" BFD: ") && line.contains(" is DOWN "))
        .filter(line -> time(line).isAfter(begin) && time(line).isBefore(end))
        .toList();
  }

  private static Instant time(String line) {
    return Instant.parse(line.substring(0, line.indexOf(' ')));
  }
}
