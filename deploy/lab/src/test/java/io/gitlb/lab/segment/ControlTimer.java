// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A process that does nothing but wake up every 10 ms and write down when it woke late: what the
/// machine does to everybody, so that a window in which it did is not held against the speakers.
///
/// [System#nanoTime] is the kernel's monotonic clock, the same in every process.
public final class ControlTimer {

  private static final Duration TICK = Duration.ofMillis(10);

  /// A later one is written down.
  private static final Duration NOTED = Duration.ofMillis(30);

  private final RunningProcess process;

  private ControlTimer(RunningProcess process) {
    this.process = process;
  }

  /// Starts it; it ends with the sandbox.
  public static ControlTimer start(Sandbox sandbox) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ControlTimer(
        sandbox
            .machine()
            .start(
                "control-timer",
                List.of(
                    java,
                    "-Xms8m",
                    "-Xmx16m",
                    "-XX:+UseSerialGC",
                    "-XX:-UsePerfData",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ControlTimer.class.getName()),
                Map.of()));
  }

  /// The process.
  public static void main(String[] none) {
    long last = System.nanoTime();
    while (true) {
      LockSupport.parkNanos(TICK.toNanos());
      long now = System.nanoTime();
      if (now - last > NOTED.toNanos()) {
        System.out.println("stall " + last + " " + now);
        System.out.flush();
      }
      last = System.nanoTime();
    }
  }

  /// When the machine stalled for longer than `limit` (30 ms at least).
  public List<Answering.Span> stalls(Duration limit) {
    return process
        .output()
        .lines()
        .map(line -> line.split(" "))
        .filter(words -> words.length == 3 && words[0].equals("stall"))
        .map(words -> new Answering.Span(Long.parseLong(words[1]), Long.parseLong(words[2])))
        .filter(span -> span.length().compareTo(limit) > 0)
        .toList();
  }

  /// Whether a span is longer than `limit` even without what the machine stalled in it.
  public boolean isLonger(Answering.Span span, Duration limit) {
    return span.length().minus(stalled(span)).compareTo(limit) > 0;
  }

  /// For how long the machine stalled in a span, or across its ends: so much later than without may
  /// anything have come.
  public Duration stalled(Answering.Span span) {
    return stalls(Duration.ZERO).stream()
        .filter(span::overlaps)
        .map(Answering.Span::length)
        .reduce(Duration.ZERO, Duration::plus);
  }
}
