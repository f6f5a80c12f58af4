// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.lab.segment.BgpCapture;
import io.gitlb.lab.segment.BgpMessage;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/// 10,000 routes from each program in turn to the same router.
///
/// A round begins where the program is free to send: its session is Established by the router's
/// first KEEPALIVE (on the wire, as tcpdump has it), whoever has dialled. It ends when the router
/// says that it has all routes, asked each 5 ms.
final class FullTable {

  static final String OURS = "GitLB";

  /// Prefixes of 5 octets; 43 octets around them in each of 13 messages of up to 4,096.
  private static final int LEAST_UPDATES = 13;

  private static final int LEAST_OCTETS = RouterField.MANY * 5 + LEAST_UPDATES * 43;

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration TICK = Duration.ofMillis(5);

  private final RouterField field;
  private final List<Announcer> announcers;
  private final Figures figures;
  private final Map<String, List<Sample>> samples = new TreeMap<>();

  /// @param took in ms, until the router had all
  /// @param wire in ms, until the last UPDATE passed
  /// @param updates that tell of routes
  private record Sample(double took, double wire, int updates, int octets) {}

  FullTable(RouterField field, List<Announcer> announcers, Figures figures) {
    this.field = field;
    this.announcers = announcers;
    this.figures = figures;
  }

  void measure(int rounds) throws InterruptedException {
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < announcers.size(); i++) {
        Announcer announcer = announcers.get((round + i) % announcers.size());
        samples
            .computeIfAbsent(announcer.name(), _ -> new ArrayList<>())
            .add(round(announcer, round));
      }
    }
    tell();
  }

  private Sample round(Announcer announcer, int round) throws InterruptedException {
    RouterField.await("the router is empty", () -> field.table().size() == 0);
    BgpCapture capture =
        BgpCapture.start(
            field.router(),
            field.sandbox().scratch().resolve("full-" + announcer.name() + "-" + round + ".pcap"),
            "host " + announcer.address());
    announcer.begin();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (field.table().received(announcer.address()) < RouterField.MANY) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            announcer.name() + " does not announce all of it; it " + announcer.words());
      }
      LockSupport.parkNanos(TICK.toNanos());
    }
    long end = nanos(Instant.now());
    Thread.sleep(200); // A last message that changed nothing any more.
    List<BgpMessage> messages = capture.stop();
    announcer.end();
    return sample(announcer, messages, end);
  }

  private static Sample sample(Announcer announcer, List<BgpMessage> messages, long end) {
    List<BgpMessage> updates =
        messages.stream()
            .filter(one -> one.source().equals(announcer.address()) && one.changesRoutes())
            .toList();
    long begin =
        messages.stream()
            .filter(one -> one.connection().equals(updates.getFirst().connection()))
            .filter(one -> one.source().equals(RouterField.ROUTER))
            .filter(one -> one.type() == BgpMessage.KEEPALIVE)
            .mapToLong(BgpMessage::nanos)
            .min()
            .orElseThrow(
                () -> new IllegalStateException(announcer.name() + ": " + messages.subList(0, 8)));
    return new Sample(
        (end - begin) / 1e6,
        (updates.getLast().nanos() - begin) / 1e6,
        updates.size(),
        updates.stream().mapToInt(BgpMessage::length).sum());
  }

  static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }

  private void tell() {
    double fastest = Double.MAX_VALUE;
    for (Announcer announcer : announcers) {
      List<Sample> own = samples.getOrDefault(announcer.name(), List.of());
      Spread took = Spread.median(own.stream().map(Sample::took).toList());
      String key = "full_" + announcer.name().toLowerCase(Locale.ROOT);
      figures.add(key + "_ms", announcer.name() + ": the router has all", took, "ms");
      figures.add(
          key + "_wire_ms",
          announcer.name() + ": the last UPDATE on the wire",
          Spread.median(own.stream().map(Sample::wire).toList()),
          "ms");
      figures.add(
          key + "_updates_each",
          announcer.name() + ": UPDATEs with routes",
          Spread.median(own.stream().map(one -> (double) one.updates()).toList()),
          "messages");
      if (!announcer.name().equals(OURS)) {
        fastest = Math.min(fastest, took.value());
      }
    }
    List<Sample> ours = samples.getOrDefault(OURS, List.of());
    double median = Spread.median(ours.stream().map(Sample::took).toList()).value();
    figures.add(
        "full_ratio",
        "ratio to the fastest of the others",
        Spread.of(median / fastest),
        "times",
        new Bar.Below(1.2));
    figures.add(
        "full_updates",
        "UPDATEs, of which " + LEAST_UPDATES + " are needed",
        Spread.of(ours.stream().mapToInt(Sample::updates).max().orElse(0)),
        "messages",
        new Bar.Exactly(LEAST_UPDATES));
    figures.add(
        "full_octets_ratio",
        "octets of these, of which " + LEAST_OCTETS + " are needed",
        Spread.of((double) ours.stream().mapToInt(Sample::octets).max().orElse(0) / LEAST_OCTETS),
        "times",
        new Bar.Below(1.1));
  }
}
