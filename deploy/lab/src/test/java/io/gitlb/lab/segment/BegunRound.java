// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// A round whose owner has failed, and whose address another one has by now or nobody. The repair
/// and the judgement are still to come; both may go on beside the next round.
///
/// @param address that was the failed one's
/// @param failed whose speaker or cable is broken
/// @param start when it failed, as [System#nanoTime]
/// @param span in which the client's connections count
public record BegunRound(
    Field field,
    Ipv4 address,
    LabNode failed,
    Failure failure,
    long start,
    Optional<Sight> frame,
    Optional<Sight> answer,
    Parts parts,
    Span span) {

  /// How long a take-over may take before the round counts as one without.
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /// A connection that takes longer is no good one.
  private static final Duration GOOD = Duration.ofMillis(250);

  private static final Duration BEFORE = Duration.ofMillis(200);
  private static final Duration AFTER = Duration.ofSeconds(1);
  private static final Duration JOINS = Duration.ofMillis(50);

  /// Lets the owner of an address fail and watches until a second after the take-over.
  ///
  /// @param owner who answers for the address alone
  public static BegunRound begin(Field field, Ipv4 address, LabNode owner, Failure failure)
      throws InterruptedException {
    field.traffic().use(address);
    field.lab().forgetNeighbours();
    Thread.sleep(BEFORE.plus(GOOD));
    Instant wall = Instant.now();
    long start = System.nanoTime();
    failure.inflict(field.lab(), owner);
    Optional<Sight> frame =
        field
            .observer()
            .await(
                start,
                LIMIT,
                sight -> sight.address().equals(address) && !sight.mac().equals(owner.mac()));
    Optional<Sight> answer =
        field
            .observer()
            .await(
                start,
                frame.isPresent() ? LIMIT : Duration.ZERO,
                sight ->
                    sight.address().equals(address)
                        && !sight.mac().equals(owner.mac())
                        && !sight.gratuitous());
    long settled = answer.map(Sight::nanos).orElse(System.nanoTime());
    Span span = new Span(start - BEFORE.toNanos(), settled + AFTER.toNanos());
    sleepUntil(span.to() + GOOD.toNanos());
    Parts parts = Parts.of(field, address, owner, wall, frame);
    return new BegunRound(field, address, owner, failure, start, frame, answer, parts, span);
  }

  /// Makes the failed one as good as new.
  public void heal() {
    failure.heal(field.lab(), failed);
  }

  /// Whether the last of the connections that count has ended.
  public boolean isOver() {
    return field.traffic().isOver(span);
  }

  /// Waits for the last of the connections that count, and tells what was seen until now: also when
  /// two answered because of the repair.
  public Round end() throws InterruptedException {
    field.traffic().awaitOver(span);
    List<TrafficClient.Attempt> attempts = field.traffic().begunIn(span);
    List<TrafficClient.Attempt> failures =
        attempts.stream().filter(attempt -> !attempt.within(TrafficClient.LIMIT)).toList();
    Set<Integer> underWay = field.paths().underWay(address, failed.mac(), span);
    long cut = failures.stream().filter(attempt -> underWay.contains(attempt.port())).count();
    return new Round(
        failure,
        parts.detected(),
        parts.decided(),
        since(frame),
        since(answer),
        millis(field.traffic().longestGap(span, GOOD)),
        attempts.size(),
        failures.size() - cut,
        underWay.size(),
        cut,
        doubled(),
        stall());
  }

  private double doubled() {
    List<Sight> sights =
        field.observer().since(span.from()).stream()
            .filter(sight -> sight.address().equals(address))
            .toList();
    return Answering.doubles(sights, JOINS).stream()
        .mapToDouble(both -> millis(both.length()))
        .max()
        .orElse(0);
  }

  private double stall() {
    return field.control().stalls(Duration.ZERO).stream()
        .filter(span::overlaps)
        .mapToDouble(stall -> millis(stall.length()))
        .max()
        .orElse(0);
  }

  private OptionalDouble since(Optional<Sight> sight) {
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
}
