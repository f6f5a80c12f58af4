// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// When the rounds of gratuitous frames go out: at once, then repeated, because the first frames of
/// a take-over are the likeliest to be lost, and paced, because switches police bursts.
///
/// A first round goes before any repeat, and among equals the newest address goes first: it is the
/// one that somebody waits for. The distance between two rounds of an address counts from when the
/// earlier one really went out, so that a paced burst keeps its shape.
///
/// While more than [#CROWD] wait for their first round, that round is one frame each: the form that
/// nearly all understand for everybody, before the second form for anybody. So 5,000 addresses that
/// are taken over at once are told in less than 7 s at the paced rate.
public final class GratuitousSchedule {

  /// When the rounds of an address are due, counted from the announcement.
  static final List<Duration> ROUNDS =
      List.of(
          Duration.ZERO,
          Duration.ofMillis(100),
          Duration.ofMillis(500),
          Duration.ofMillis(1_100),
          Duration.ofMillis(2_200),
          Duration.ofMillis(3_300),
          Duration.ofMillis(4_400));

  /// The same for IPv6: MAX_NEIGHBOR_ADVERTISEMENT 3, at least RetransTimer 1 s apart (RFC 4861
  /// section 10), and one more right after the first, which may meet ports that still learn.
  static final List<Duration> ROUNDS_IPV6 =
      List.of(
          Duration.ZERO,
          Duration.ofMillis(100),
          Duration.ofMillis(1_100),
          Duration.ofMillis(2_200));

  /// From one frame to the next: 800 frames a second over all interfaces, between the 500 and the
  /// 1,000 that switch processors were seen to take.
  static final Duration PACE = Duration.ofNanos(1_250_000);

  /// So many addresses are told in both forms within a second.
  static final int CROWD = 400;

  /// A round that is due by then serves as well as one that begins now.
  private static final Duration SOON = Duration.ofMillis(200);

  /// How late a round may be and still be caught up with: the timer of a busy machine.
  private static final Duration CATCH_UP = Duration.ofMillis(10);

  private static final Comparator<Burst> BY_DUE =
      Comparator.comparing((Burst burst) -> burst.due).thenComparingLong(burst -> burst.number);
  private static final Comparator<Burst> BY_URGENCY =
      Comparator.comparingInt((Burst burst) -> burst.round)
          .thenComparing(burst -> burst.number, Comparator.reverseOrder());

  // Target → its burst (1:1); a burst is in exactly one of the two queues.
  private final Map<Target, Burst> bursts = new HashMap<>();
  private final TreeSet<Burst> waiting = new TreeSet<>(BY_DUE);
  private final TreeSet<Burst> ready = new TreeSet<>(BY_URGENCY);
  private Instant nextSlot = Instant.MIN;
  private long startedBursts;
  // Those that no round of was sent yet.
  private int untold;

  /// An address on an interface.
  public record Target(String interfaceName, IpAddress address) {}

  /// What is to be sent now.
  public record Round(Target target, Extent extent) {}

  /// How much of a round.
  public enum Extent {
    /// Each form that there is for the address.
    WHOLE,
    /// The first form alone.
    ONE_FRAME
  }

  /// Begins the rounds of this target now, or begins them again.
  public void start(Target target, Instant now) {
    stop(target);
    Burst burst = new Burst(target, startedBursts++, now);
    untold++;
    bursts.put(target, burst);
    waiting.add(burst);
  }

  /// As [#start], unless a round is as good as due anyway.
  public void again(Target target, Instant now) {
    Burst burst = bursts.get(target);
    if (burst == null || (burst.round > 0 && burst.due.isAfter(now.plus(SOON)))) {
      start(target, now);
    }
  }

  /// Sends nothing more for this target.
  public void stop(Target target) {
    Burst burst = bursts.remove(target);
    if (burst != null) {
      waiting.remove(burst);
      ready.remove(burst);
      untold -= burst.round == 0 ? 1 : 0;
    }
  }

  /// When [#takeDue] will next give something; empty when nothing is left to send. A moment that
  /// has passed means now.
  public Optional<Instant> nextDue() {
    if (!ready.isEmpty()) {
      return Optional.of(nextSlot);
    }
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    Instant due = waiting.first().due;
    return Optional.of(due.isAfter(nextSlot) ? due : nextSlot);
  }

  /// The rounds that are to be sent now, in the order of sending.
  public List<Round> takeDue(Instant now) {
    while (!waiting.isEmpty() && !waiting.first().due.isAfter(now)) {
      ready.add(waiting.removeFirst());
    }
    List<Round> taken = new ArrayList<>();
    while (!ready.isEmpty() && !nextSlot.isAfter(now)) {
      Instant earliest = now.minus(CATCH_UP);
      Burst burst = ready.removeFirst();
      Extent extent = burst.round == 0 && untold > CROWD ? Extent.ONE_FRAME : Extent.WHOLE;
      nextSlot =
          (nextSlot.isBefore(earliest) ? earliest : nextSlot)
              .plus(PACE.multipliedBy(frames(burst.target.address(), extent)));
      taken.add(new Round(burst.target, extent));
      advance(burst, now);
    }
    return taken;
  }

  private static int frames(IpAddress address, Extent extent) {
    return switch (extent) {
      case ONE_FRAME -> 1;
      case WHOLE ->
          switch (address) {
            case Ipv4 _ -> 2;
            case Ipv6 _ -> 1;
          };
    };
  }

  private void advance(Burst burst, Instant sentAt) {
    untold -= burst.round == 0 ? 1 : 0;
    burst.round++;
    List<Duration> rounds = roundsOf(burst.target.address());
    if (burst.round == rounds.size()) {
      bursts.remove(burst.target);
      return;
    }
    burst.due = sentAt.plus(rounds.get(burst.round).minus(rounds.get(burst.round - 1)));
    waiting.add(burst);
  }

  private static List<Duration> roundsOf(IpAddress address) {
    return switch (address) {
      case Ipv4 _ -> ROUNDS;
      case Ipv6 _ -> ROUNDS_IPV6;
    };
  }

  /// The rounds of one target; `round` is the next one to send.
  private static final class Burst {
    private final Target target;
    private final long number;
    private Instant due;
    private int round;

    Burst(Target target, long number, Instant due) {
      this.target = target;
      this.number = number;
      this.due = due;
    }
  }
}
