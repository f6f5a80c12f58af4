// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// Asks the segment whether somebody uses an address, for many addresses at once: the probe of RFC
/// 5227 section 2.1.1 with shorter times, since a service waits for the answer.
///
/// The frames are paced over all addresses. What has begun is ended first, so that under load the
/// addresses become ready one after the other and not all at the end.
public final class ProbeRounds {

  /// Probes of one address on one interface (PROBE_NUM of RFC 5227 section 1.1).
  static final int PROBES = 3;

  /// 2,000 frames a second: 5,000 addresses on one interface take 7.5 s.
  static final Duration PACE = Duration.ofNanos(500_000);

  /// When to try again what could not be asked.
  public static final Duration RETRY = Duration.ofMillis(60);

  /// How late a frame may be and still be caught up with: the timer of a busy machine.
  private static final Duration CATCH_UP = Duration.ofMillis(10);

  /// Seen to end later than this, a round is asked again: this process stood still, and answers
  /// that came meanwhile may not have been handed in yet.
  static final Duration LATE = Duration.ofMillis(100);

  private static final Comparator<Round> BY_DUE =
      Comparator.comparing((Round round) -> round.due).thenComparingLong(round -> round.number);
  private static final Comparator<Round> BY_URGENCY =
      Comparator.comparingInt((Round round) -> -round.sent)
          .thenComparing(round -> round.key.purpose())
          .thenComparingLong(round -> round.number);

  private final RandomGenerator chance;
  // Address → its rounds, at most one a purpose (1:N); a round is in exactly one of the two queues.
  private final Map<IpAddress, SortedMap<Purpose, Round>> rounds = new HashMap<>();
  private final TreeSet<Round> waiting = new TreeSet<>(BY_DUE);
  private final TreeSet<Round> ready = new TreeSet<>(BY_URGENCY);
  private Instant nextSlot = Instant.MIN;
  private long begun;

  /// What the answer is for; the more urgent first.
  public enum Purpose {
    /// A node may be dead: three times 20 ms, 60 ms in all.
    TAKE_OVER(Duration.ofMillis(20), Duration.ZERO),
    /// The address is to be put in service: three times 80 to 100 ms, since half a second is all
    /// that a Service should wait for its status. Whoever has it has 240 ms to answer at least; the
    /// rest keeps nodes from asking in step, and costs time.
    DETECTION(Duration.ofMillis(80), Duration.ofMillis(20));

    private final Duration gap;
    private final Duration jitter;

    Purpose(Duration gap, Duration jitter) {
      this.gap = gap;
      this.jitter = jitter;
    }
  }

  /// Which round: one an address and purpose.
  public record Key(IpAddress address, Purpose purpose) {}

  /// A probe to send now, for that round.
  public record Probe(Key key, String interfaceName) {}

  /// How a round ended.
  ///
  /// @param claimants the stations that use the address
  /// @param probers the stations that probed it at the same time
  public record Result(Key key, SortedSet<MacAddress> claimants, SortedSet<MacAddress> probers) {

    public Result {
      claimants = Collections.unmodifiableSortedSet(new TreeSet<>(claimants));
      probers = Collections.unmodifiableSortedSet(new TreeSet<>(probers));
    }
  }

  /// What is to be done now.
  ///
  /// @param probes in the order of sending
  public record Step(List<Probe> probes, List<Result> finished) {

    public Step {
      probes = List.copyOf(probes);
      finished = List.copyOf(finished);
    }
  }

  /// @param chance for the distances between probes
  public ProbeRounds(RandomGenerator chance) {
    this.chance = chance;
  }

  /// Begins a round; one that is under way is joined.
  ///
  /// @param links where to ask, each with the hardware address that is ours there; at least one
  /// @return whether a round has begun, and not been joined
  /// @throws IllegalArgumentException without a link: silence there would look like a free address
  public boolean begin(Key key, List<Link> links, Instant now) {
    if (links.isEmpty()) {
      throw new IllegalArgumentException("no link to probe " + key.address() + " on");
    }
    SortedMap<Purpose, Round> ofAddress =
        rounds.computeIfAbsent(key.address(), _ -> new TreeMap<>());
    if (ofAddress.containsKey(key.purpose())) {
      return false;
    }
    Round round = new Round(key, links, begun++, now);
    ofAddress.put(key.purpose(), round);
    waiting.add(round);
    return true;
  }

  /// Ends a round without a result, if it is under way.
  public void cancel(Key key) {
    Round round = rounds.getOrDefault(key.address(), new TreeMap<>()).get(key.purpose());
    if (round != null) {
      waiting.remove(round);
      ready.remove(round);
      forget(round);
    }
  }

  /// Somebody was heard. What nobody asked about, and copies of our own frames, change nothing.
  public void sighted(Sighting sighting, String interfaceName) {
    SortedMap<Purpose, Round> ofAddress = rounds.get(sighting.address());
    if (ofAddress != null) {
      ofAddress.values().forEach(round -> round.sighted(sighting, interfaceName));
    }
  }

  /// The addresses whose sightings are wanted, as they are now and will be.
  public Set<IpAddress> watched() {
    return Collections.unmodifiableSet(rounds.keySet());
  }

  /// Whether the address is being asked about.
  public boolean isWatched(IpAddress address) {
    return rounds.containsKey(address);
  }

  /// When [#advance] will next have something; empty when nothing is under way. A moment that has
  /// passed means now.
  public Optional<Instant> nextDue() {
    if (!ready.isEmpty()) {
      return Optional.of(nextSlot);
    }
    return waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.first().due);
  }

  /// What is due now.
  public Step advance(Instant now) {
    List<Result> finished = new ArrayList<>();
    while (!waiting.isEmpty() && !waiting.first().due.isAfter(now)) {
      Round round = waiting.removeFirst();
      if (round.sent == PROBES && now.isAfter(round.due.plus(LATE))) {
        round.sent = 0;
        ready.add(round);
      } else if (round.sent == PROBES) {
        forget(round);
        finished.add(new Result(round.key, round.claimants, round.probers));
      } else {
        ready.add(round);
      }
    }
    return new Step(probes(now), finished);
  }

  private List<Probe> probes(Instant now) {
    List<Probe> probes = new ArrayList<>();
    while (!ready.isEmpty() && !nextSlot.isAfter(now)) {
      Round round = ready.removeFirst();
      round.ownMacs.keySet().forEach(name -> probes.add(new Probe(round.key, name)));
      Instant earliest = now.minus(CATCH_UP);
      Instant slot = nextSlot.isBefore(earliest) ? earliest : nextSlot;
      nextSlot = slot.plus(PACE.multipliedBy(round.ownMacs.size()));
      round.sent++;
      round.due = now.plus(gap(round.key.purpose()));
      waiting.add(round);
    }
    return probes;
  }

  private Duration gap(Purpose purpose) {
    return purpose.gap.plusNanos(chance.nextLong(purpose.jitter.toNanos() + 1));
  }

  private void forget(Round round) {
    SortedMap<Purpose, Round> ofAddress = rounds.get(round.key.address());
    if (ofAddress != null) {
      ofAddress.remove(round.key.purpose());
      if (ofAddress.isEmpty()) {
        rounds.remove(round.key.address());
      }
    }
  }

  /// One address being asked about; `due` is the next probe, or after the last one the end.
  private static final class Round {
    /// More stations than this are not told apart: a forger must not fill the memory.
    private static final int MOST_STATIONS = 16;

    private final Key key;
    private final long number;
    // Interface → our hardware address there (1:1).
    private final SortedMap<String, MacAddress> ownMacs = new TreeMap<>();
    private final SortedSet<MacAddress> claimants = new TreeSet<>();
    private final SortedSet<MacAddress> probers = new TreeSet<>();
    private Instant due;
    private int sent;

    Round(Key key, List<Link> links, long number, Instant due) {
      this.key = key;
      this.number = number;
      this.due = due;
      links.forEach(link -> ownMacs.put(link.name(), link.macAddress()));
    }

    void sighted(Sighting sighting, String interfaceName) {
      // Two interfaces of a node on one segment hear each other.
      if (!ownMacs.containsKey(interfaceName) || ownMacs.containsValue(sighting.mac())) {
        return;
      }
      SortedSet<MacAddress> stations =
          switch (sighting.kind()) {
            case CLAIM -> claimants;
            case PROBE -> probers;
          };
      if (stations.size() < MOST_STATIONS) {
        stations.add(sighting.mac());
      }
    }
  }
}
