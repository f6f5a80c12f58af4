// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.conflict;

import io.gitlb.reconciler.conflict.ProbeWish.Purpose;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Which speaker is asked about which address and when, and what came of it.
///
/// The work of each call grows with the addresses that are being probed, not with those that exist.
/// Not for several threads.
public final class ProbeKeeper {

  /// After so long without an answer an address counts as unprobed.
  public static final Duration LIMIT = Duration.ofSeconds(1);

  /// So long after the last answer a conflicted address is asked about again.
  public static final Duration RETRY = Duration.ofSeconds(15);

  /// A conflict that nobody could confirm for so long is over.
  public static final Duration KEPT = Duration.ofHours(1);

  /// A second one is asked so that one dead speaker costs no second.
  static final int MOST_ASKED = 2;

  /// Speakers probe no more at a time; what exceeds it waits for an answer.
  static final int MOST_ADDRESSES = 128;

  /// Questions that one speaker works on at a time.
  static final int MOST_QUESTIONS = 8;

  /// So long after it was first asked about an address counts as unprobed although speakers only
  /// say that they are busy: a Service waits for its address no longer than for a dead speaker.
  static final Duration PATIENCE = LIMIT;

  /// So long after a speaker said that it is busy it is asked again.
  static final Duration BUSY = Duration.ofMillis(200);

  private final SortedMap<IpAddress, Round> rounds = new TreeMap<>();

  /// number → the question, while it is open
  private final Map<Long, Question> questions = new HashMap<>();

  private long asked;

  /// When it was last seen who can be asked what.
  private Instant lookedAt = Instant.MIN;

  private record Question(NodeName speaker, int size, Instant at) {

    Instant end() {
      return at.plus(LIMIT);
    }
  }

  /// A question for one speaker.
  ///
  /// @param number tells its answer from late ones; never used twice
  public record Ask(NodeName speaker, long number, SortedSet<IpAddress> addresses) {

    public Ask {
      addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
    }
  }

  /// What is known of one address.
  private static final class Round {
    private ProbeWish wish;
    private Instant dueAt;

    /// When it began, or when the address was found taken last.
    private Instant confirmedAt;

    private Instant begun = Instant.MIN;
    private Optional<Instant> askedFirst = Optional.empty();
    private final Set<Long> open = new HashSet<>();
    private final Set<Long> numbers = new HashSet<>();
    private boolean heardFree;
    private Optional<Verdict> verdict = Optional.empty();

    Round(ProbeWish wish, Instant now) {
      this.wish = wish;
      this.dueAt = now;
      this.confirmedAt = now;
    }

    boolean isRunning() {
      return !open.isEmpty();
    }

    /// A fresh address is asked about once; a conflicted one until it is free.
    boolean isDue(Instant now) {
      boolean isSettled =
          verdict.isPresent()
              && (wish.purpose() != Purpose.CONFLICTED || verdict.get() instanceof Verdict.Free);
      return !isSettled && !isRunning() && !dueAt.isAfter(now);
    }

    void settle(Verdict found, Instant now) {
      verdict = Optional.of(found);
      open.clear();
      askedFirst = Optional.empty();
      dueAt = now.plus(RETRY);
    }
  }

  /// Says what is to be probed now, all of it: what was there before goes on, what is there no more
  /// is forgotten with its verdict, what changed its purpose begins anew.
  public void want(SortedMap<IpAddress, ProbeWish> wishes, Instant now) {
    rounds.keySet().retainAll(wishes.keySet());
    wishes.forEach(
        (address, wish) -> {
          Round round = rounds.get(address);
          if (round == null) {
            rounds.put(address, new Round(wish, now));
          } else if (round.wish.purpose() != wish.purpose()) {
            rounds.put(address, after(round, wish, now));
          } else {
            round.wish = wish;
          }
        });
  }

  /// What has just been found taken need not be asked about again at once.
  private static Round after(Round before, ProbeWish wish, Instant now) {
    Round next = new Round(wish, now);
    if (wish.purpose() == Purpose.CONFLICTED) {
      before
          .verdict
          .filter(Verdict.Taken.class::isInstance)
          .ifPresent(taken -> next.settle(taken, now));
    }
    return next;
  }

  /// The questions to send now, one a speaker at most. Each must be answered by [#told] or
  /// [#failed], or its time runs out. What finds no speaker with room for it waits.
  public List<Ask> due(Instant now) {
    lookedAt = now;
    questions.values().removeIf(question -> !question.end().isAfter(now));
    Map<NodeName, Integer> room = new HashMap<>();
    SortedMap<NodeName, SortedSet<IpAddress>> batches = new TreeMap<>();
    // Somebody waits for the fresh ones.
    for (Purpose purpose : Purpose.values()) {
      rounds.forEach(
          (address, round) -> {
            if (round.wish.purpose() == purpose && round.isDue(now)) {
              choose(address, round, room, batches, now);
            }
          });
    }
    List<Ask> asks = new ArrayList<>();
    batches.forEach((speaker, addresses) -> asks.add(ask(speaker, addresses, now)));
    return asks;
  }

  private Ask ask(NodeName speaker, SortedSet<IpAddress> addresses, Instant now) {
    asked++;
    questions.put(asked, new Question(speaker, addresses.size(), now));
    for (IpAddress address : addresses) {
      Round round = rounds.get(address);
      if (round != null) {
        round.open.add(asked);
        round.numbers.add(asked);
      }
    }
    return new Ask(speaker, asked, addresses);
  }

  /// Spreads addresses over those who can be asked, from another one for each.
  private void choose(
      IpAddress address,
      Round round,
      Map<NodeName, Integer> room,
      SortedMap<NodeName, SortedSet<IpAddress>> batches,
      Instant now) {
    List<NodeName> speakers = round.wish.speakers();
    if (speakers.isEmpty()) {
      unprobed(round, "no speaker has it on link", now);
      return;
    }
    int first = Math.floorMod(address.hashCode(), speakers.size());
    List<NodeName> free =
        Stream.concat(speakers.subList(first, speakers.size()).stream(), speakers.stream())
            .distinct()
            .filter(speaker -> room.computeIfAbsent(speaker, this::room) > 0)
            .limit(round.wish.purpose() == Purpose.SWEPT ? 1 : MOST_ASKED)
            .toList();
    if (!free.isEmpty()) {
      begin(round, now);
      free.forEach(
          speaker -> {
            room.merge(speaker, -1, Integer::sum);
            batches.computeIfAbsent(speaker, _ -> new TreeSet<>()).add(address);
          });
    }
  }

  /// How many more addresses the speaker can be asked about now.
  private int room(NodeName speaker) {
    List<Question> open =
        questions.values().stream().filter(question -> question.speaker().equals(speaker)).toList();
    return open.size() < MOST_QUESTIONS
        ? MOST_ADDRESSES - open.stream().mapToInt(Question::size).sum()
        : 0;
  }

  private static void begin(Round round, Instant now) {
    round.begun = now;
    round.askedFirst = round.askedFirst.or(() -> Optional.of(now));
    round.heardFree = false;
    round.numbers.clear();
  }

  /// A speaker has answered. What it does not mention it could not probe.
  ///
  /// @param number of the question
  public void told(long number, Map<IpAddress, Verdict> verdicts, Instant now) {
    questions.remove(number);
    rounds.forEach(
        (address, round) -> {
          if (round.numbers.contains(number)) {
            hear(
                round,
                number,
                verdicts.getOrDefault(address, new Verdict.Unprobed("it was not answered")),
                now);
          }
        });
  }

  /// A speaker could not be asked.
  ///
  /// @param why in words
  public void failed(long number, String why, Instant now) {
    questions.remove(number);
    for (Round round : rounds.values()) {
      if (round.numbers.contains(number)) {
        hear(round, number, new Verdict.Unprobed(why), now);
      }
    }
  }

  private static void hear(Round round, long number, Verdict verdict, Instant now) {
    boolean wasOpen = round.open.remove(number);
    switch (verdict) {
      // Even late: better than a Service with an address that somebody else has.
      case Verdict.Taken taken -> {
        round.confirmedAt = now;
        round.settle(taken, now);
      }
      case Verdict.Free free -> {
        round.heardFree |= wasOpen;
        if (wasOpen && !round.isRunning()) {
          round.settle(free, now);
        }
      }
      case Verdict.Later _ -> {
        if (wasOpen && !round.isRunning()) {
          later(round, now);
        }
      }
      case Verdict.Unprobed(String why) -> {
        if (wasOpen && !round.isRunning()) {
          end(round, why, now);
        }
      }
    }
  }

  private static void later(Round round, Instant now) {
    boolean patient =
        round.askedFirst.filter(first -> first.plus(PATIENCE).isAfter(now)).isPresent();
    if (round.heardFree || !patient) {
      end(round, "the speakers have too much to do", now);
    } else {
      round.dueAt = now.plus(BUSY);
    }
  }

  private static void end(Round round, String why, Instant now) {
    if (round.heardFree) {
      round.settle(new Verdict.Free(), now);
    } else {
      unprobed(round, why, now);
    }
  }

  /// That nobody can tell does not make a conflict go away.
  private static void unprobed(Round round, String why, Instant now) {
    Verdict verdict =
        round
            .verdict
            .filter(Verdict.Taken.class::isInstance)
            .orElseGet(() -> new Verdict.Unprobed(why));
    round.settle(verdict, now);
  }

  /// What is known now of the addresses that are wanted; those that still wait are not in it.
  public SortedMap<IpAddress, Verdict> verdicts(Instant now) {
    SortedMap<IpAddress, Verdict> verdicts = new TreeMap<>();
    rounds.forEach(
        (address, round) -> {
          if (round.isRunning() && !round.begun.plus(LIMIT).isAfter(now)) {
            end(round, "no answer within " + LIMIT.toMillis() + " ms", now);
          }
          round.verdict.ifPresent(verdict -> verdicts.put(address, verdict));
        });
    return verdicts;
  }

  /// Whether the address is wanted, and nobody has found it taken for [#KEPT].
  public boolean isUnconfirmed(IpAddress address, Instant now) {
    Round round = rounds.get(address);
    return round != null && !round.confirmedAt.plus(KEPT).isAfter(now);
  }

  /// When [#due] or [#verdicts] may have something new without anybody calling; empty: never.
  public Optional<Instant> nextDue() {
    Optional<Instant> next =
        rounds.values().stream().flatMap(round -> next(round).stream()).min(Instant::compareTo);
    Optional<Instant> answered =
        questions.values().stream().map(Question::end).min(Instant::compareTo);
    return Stream.concat(next.stream(), answered.stream()).min(Instant::compareTo);
  }

  /// What was due already when it was looked last waits for a speaker to be free.
  private Optional<Instant> next(Round round) {
    if (round.isRunning()) {
      return Optional.of(round.begun.plus(LIMIT));
    }
    return round.isDue(Instant.MAX) && round.dueAt.isAfter(lookedAt)
        ? Optional.of(round.dueAt)
        : Optional.empty();
  }
}
