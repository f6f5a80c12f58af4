// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// One failure of the owner of the first address, and what the judges saw of it. Times are in
/// milliseconds since the failure, and negative only where clocks of the kernel disagree.
///
/// @param failure what happened
/// @param detected until the new owner knew that it had lost the old one, as it says itself
/// @param decided until the new owner had taken the address over, as it says itself
/// @param firstFrame until the observer saw the new owner's first frame for it
/// @param firstAnswer until the observer had an answer of the new owner
/// @param clientGap the longest time without a good connection
/// @param failedConnections that were begun and never got their octet
/// @param doubled the longest time in which two nodes answered
/// @param stall the longest stall of the machine meanwhile, 0 below 30 ms
public record Round(
    Failure failure,
    OptionalDouble detected,
    OptionalDouble decided,
    OptionalDouble firstFrame,
    OptionalDouble firstAnswer,
    double clientGap,
    long failedConnections,
    double doubled,
    double stall) {

  /// How long a take-over may take before the round counts as one without.
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /// A connection that takes longer is no good one.
  private static final Duration GOOD = Duration.ofMillis(250);

  private static final Duration BEFORE = Duration.ofMillis(200);
  private static final Duration AFTER = Duration.ofSeconds(1);
  private static final Duration JOINS = Duration.ofMillis(50);

  /// Lets the owner of the first address fail, watches, heals, and waits until all is quiet.
  public static Round run(Field field, Failure failure) throws InterruptedException {
    Ipv4 address = field.addresses().getFirst();
    LabNode old = field.owner(address).orElseThrow();
    field.lab().forgetNeighbours();
    Thread.sleep(AFTER.toMillis() / 2);
    Instant wall = Instant.now();
    long start = System.nanoTime();
    failure.inflict(field.lab(), old);
    Optional<Sight> frame =
        field
            .observer()
            .await(
                start,
                LIMIT,
                sight -> sight.address().equals(address) && !sight.mac().equals(old.mac()));
    Optional<Sight> answer =
        field
            .observer()
            .await(
                start,
                frame.isPresent() ? LIMIT : Duration.ZERO,
                sight ->
                    sight.address().equals(address)
                        && !sight.mac().equals(old.mac())
                        && !sight.gratuitous());
    long settled = answer.map(Sight::nanos).orElse(System.nanoTime());
    Span span = new Span(start - BEFORE.toNanos(), settled + AFTER.toNanos());
    sleepUntil(span.to() + GOOD.toNanos());
    Parts parts = Parts.of(field, address, old, wall, frame);
    failure.heal(field.lab(), old);
    field.settle();
    sleepUntil(span.to() + TrafficClient.LIMIT.toNanos());
    Span whole = new Span(span.from(), System.nanoTime());
    Round round =
        new Round(
            failure,
            parts.detected(),
            parts.decided(),
            since(start, frame),
            since(start, answer),
            millis(field.traffic().longestGap(span, GOOD)),
            field.traffic().begunIn(span).stream()
                .filter(attempt -> !attempt.within(TrafficClient.LIMIT))
                .count(),
            doubled(field, address, whole),
            stall(field, span));
    field.observer().forgetBefore(start);
    field.traffic().forgetBefore(start);
    return round;
  }

  private static double doubled(Field field, Ipv4 address, Span span) {
    List<Sight> sights =
        field.observer().since(span.from()).stream()
            .filter(sight -> sight.address().equals(address))
            .toList();
    return Answering.doubles(sights, JOINS).stream()
        .mapToDouble(both -> millis(both.length()))
        .max()
        .orElse(0);
  }

  private static double stall(Field field, Span span) {
    return field.control().stalls(Duration.ZERO).stream()
        .filter(span::overlaps)
        .mapToDouble(stall -> millis(stall.length()))
        .max()
        .orElse(0);
  }

  private static OptionalDouble since(long start, Optional<Sight> sight) {
    return sight.isPresent()
        ? OptionalDouble.of((sight.get().nanos() - start) / 1e6)
        : OptionalDouble.empty();
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    Thread.sleep(Math.max(0, (nanos - System.nanoTime()) / 1_000_000));
  }

  /// The first line of a file of rounds.
  public static String header() {
    return "failure,detected_ms,decided_ms,first_frame_ms,first_answer_ms,client_gap_ms,"
        + "failed_connections,doubled_ms,stall_ms";
  }

  /// One line of that file.
  public String line() {
    return String.join(
        ",",
        failure.name(),
        text(detected),
        text(decided),
        text(firstFrame),
        text(firstAnswer),
        text(OptionalDouble.of(clientGap)),
        Long.toString(failedConnections),
        text(OptionalDouble.of(doubled)),
        text(OptionalDouble.of(stall)));
  }

  private static String text(OptionalDouble millis) {
    return millis.isPresent() ? String.format(Locale.ROOT, "%.1f", millis.getAsDouble()) : "";
  }
}
