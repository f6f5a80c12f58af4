// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery;

import io.gitlb.schema.value.Ipv6;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Who the router at the other end of one link is. The lowest address of those that advertise
/// themselves at first is it, and stays it however long it is silent: whether it lives is the
/// session's matter. When another address advertises itself all are asked, and only if the one that
/// we have does not answer the other is followed: a router that came back with another address is
/// found, and a second router on the link takes nothing over from the first. Such a second one is
/// told of ([#others]): a link has one router at its other end.
///
/// Says itself that it is there, at first often and then at the pace of FRR, as routers dial and
/// take calls only of whom they have heard. Has one owner; time comes in.
public final class NeighborSearch {

  /// MIN_DELAY_BETWEEN_RAS (RFC 4861 section 10).
  static final Duration LEAST_BETWEEN = Duration.ofSeconds(3);

  /// MAX_RTR_ADV_INTERVAL as FRR has it on such links; the least is three quarters of it (RFC 4861
  /// section 6.2.1).
  static final Duration LONGEST_BETWEEN = Duration.ofSeconds(10);

  /// MAX_RA_DELAY_TIME.
  private static final Duration ANSWER_DELAY = Duration.ofMillis(500);

  /// RTR_SOLICITATION_INTERVAL: more than [#LEAST_BETWEEN] and [#ANSWER_DELAY] together.
  static final Duration SOLICITATION_TIME = Duration.ofSeconds(4);

  /// Backing off beyond that would be for hosts that can do without a router (RFC 7559).
  private static final Duration LONGEST_SOLICITATION_TIME = Duration.ofMinutes(1);

  private static final Duration RETRY_TIME = Duration.ofSeconds(1);

  /// From the first advertisement on, for the others that answer: routers wait for as long as
  /// [#ANSWER_DELAY] before they do.
  static final Duration CHOICE_TIME = Duration.ofMillis(600);

  /// While there are others, everybody is asked each so often whether that is still so.
  static final Duration ROLL_CALL_TIME = Duration.ofSeconds(30);

  /// Two roll calls in a row may get lost.
  private static final Duration FORGET_TIME = Duration.ofSeconds(70);

  /// More are not remembered; nobody can use them.
  private static final int MOST_OTHERS = 4;

  /// MAX_INITIAL_RTR_ADVERTISEMENTS.
  private static final int INITIAL_ADVERTISEMENTS = 3;

  private final RandomGenerator chance;
  private int advertised;
  private Optional<Instant> lastAdvertised = Optional.empty();
  private Instant advertiseAt;
  private Instant solicitAt;
  private Duration solicitationTime = SOLICITATION_TIME;
  private Optional<Ipv6> neighbor = Optional.empty();

  // When the neighbour is chosen; empty before anybody was heard, and after that.
  private Optional<Instant> chooseAt = Optional.empty();

  // Another address than the neighbour's that is followed unless the neighbour is heard before.
  private Optional<Rival> rival = Optional.empty();

  // Who answers beside the neighbour, at first beside nobody → when it was heard last (1:1).
  private final TreeMap<Ipv6, Instant> others = new TreeMap<>();

  private record Rival(Ipv6 address, Instant followAt) {}

  /// Knows nobody; what is to be done at once comes of [#advance].
  public NeighborSearch(RandomGenerator chance, Instant now) {
    this.chance = chance;
    this.advertiseAt = now;
    this.solicitAt = now;
  }

  /// Where the neighbour is.
  public Optional<Ipv6> neighbor() {
    return neighbor;
  }

  /// The routers on the link that answer beside the neighbour.
  public SortedSet<Ipv6> others() {
    return neighbor.isPresent() ? new TreeSet<>(others.keySet()) : new TreeSet<>();
  }

  /// When [#advance] has something to do, at the latest.
  public Instant nextDue() {
    Instant due = isAsking() && solicitAt.isBefore(advertiseAt) ? solicitAt : advertiseAt;
    return Stream.concat(rival.map(Rival::followAt).stream(), chooseAt.stream())
        .filter(at -> at.isBefore(due))
        .min(Comparator.naturalOrder())
        .orElse(due);
  }

  private boolean isAsking() {
    return neighbor.isEmpty() || !others.isEmpty();
  }

  /// What was to be sent last could not be: a link comes into service a moment after it is there.
  public void unsent(Instant now) {
    Instant soon = now.plus(RETRY_TIME);
    advertiseAt = soon.isBefore(advertiseAt) ? soon : advertiseAt;
    solicitAt = soon.isBefore(solicitAt) ? soon : solicitAt;
  }

  /// A message of another node on the link.
  ///
  /// @param source not one of our own addresses
  public List<Doing> heard(Ipv6 source, RouterMessage message, Instant now) {
    return switch (message) {
      case RouterMessage.Solicitation _ -> {
        answer(now);
        yield List.of();
      }
      case RouterMessage.Advertisement _ -> advertised(source, now);
    };
  }

  /// As early as the pace allows, and not all routers at one time (RFC 4861 section 6.2.6).
  private void answer(Instant now) {
    Instant early = now.plusMillis(chance.nextLong(ANSWER_DELAY.toMillis() + 1));
    Instant allowed = lastAdvertised.map(at -> at.plus(LEAST_BETWEEN)).orElse(now);
    Instant then = early.isBefore(allowed) ? allowed : early;
    if (then.isBefore(advertiseAt)) {
      advertiseAt = then;
    }
  }

  private List<Doing> advertised(Ipv6 source, Instant now) {
    if (neighbor.isEmpty()) {
      remember(source, now);
      if (chooseAt.isPresent()) {
        return List.of();
      }
      chooseAt = Optional.of(now.plus(CHOICE_TIME));
      return List.of(new Doing.Solicit());
    }
    if (neighbor.get().equals(source)) {
      rival.ifPresent(other -> remember(other.address(), now));
      rival = Optional.empty();
      return List.of();
    }
    others.computeIfPresent(source, (_, _) -> now);
    if (rival.isPresent()) {
      return List.of();
    }
    rival = Optional.of(new Rival(source, now.plus(SOLICITATION_TIME)));
    return List.of(new Doing.Solicit());
  }

  private void remember(Ipv6 address, Instant now) {
    if (others.isEmpty()) {
      solicitAt = now.plus(ROLL_CALL_TIME);
    }
    others.put(address, now);
    if (others.size() > MOST_OTHERS) {
      others.remove(others.lastKey());
    }
  }

  private List<Doing> follow(Ipv6 address) {
    neighbor = Optional.of(address);
    rival = Optional.empty();
    chooseAt = Optional.empty();
    others.remove(address);
    return List.of(new Doing.Follow(address));
  }

  /// Does what is due.
  public List<Doing> advance(Instant now) {
    List<Doing> doings = new ArrayList<>();
    rival
        .filter(other -> !now.isBefore(other.followAt()))
        .ifPresent(other -> doings.addAll(follow(other.address())));
    chooseAt
        .filter(at -> !now.isBefore(at))
        .ifPresent(_ -> doings.addAll(follow(others.firstKey())));
    others.values().removeIf(heard -> now.isAfter(heard.plus(FORGET_TIME)));
    if (!now.isBefore(advertiseAt)) {
      doings.add(new Doing.Advertise());
      advertised = Math.min(advertised + 1, INITIAL_ADVERTISEMENTS);
      lastAdvertised = Optional.of(now);
      advertiseAt = now.plus(pause());
    }
    if (isAsking() && !now.isBefore(solicitAt)) {
      doings.add(new Doing.Solicit());
      solicitAt = now.plus(others.isEmpty() ? solicitationTime : ROLL_CALL_TIME);
      Duration doubled = solicitationTime.multipliedBy(2);
      solicitationTime =
          doubled.compareTo(LONGEST_SOLICITATION_TIME) < 0 ? doubled : LONGEST_SOLICITATION_TIME;
    }
    return doings;
  }

  private Duration pause() {
    if (advertised < INITIAL_ADVERTISEMENTS) {
      return LEAST_BETWEEN;
    }
    long longest = LONGEST_BETWEEN.toMillis();
    return Duration.ofMillis(chance.nextLong(longest * 3 / 4, longest + 1));
  }
}
