// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.announce.Crossings;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.receive.StatusBoard;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands each desired state on, with the old ways of addresses that go over to BGP or to links for
/// as long as the new ones do not work. Called from several threads.
final class Ways {

  private static final Logger LOG = LoggerFactory.getLogger(Ways.class);

  /// How often new ways are looked at while there are any.
  static final Duration LOOK = Duration.ofMillis(250);

  /// A new way that does not work for so long is a problem.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// The name on the status board.
  private static final String PART = "change of announcement";

  private final Surroundings surroundings;
  private final BiConsumer<DesiredState, Origin> followers;
  private final StatusBoard board;

  // As of what is in force.
  private Crossings crossings = new Crossings();
  private Origin origin = Origin.DISK;
  private Optional<Instant> since = Optional.empty();
  private volatile SortedSet<IpAddress> keptOnLinks = Collections.emptySortedSet();

  /// How the announcements of this node stand.
  interface Surroundings {

    /// Whether this node answers for an address on links.
    Predicate<IpAddress> answered();

    /// Whether some node does, as far as this one knows.
    Predicate<IpAddress> held();

    /// Whether a peer has a route for an address from this node.
    Predicate<IpAddress> routed();
  }

  /// @param followers bring a state in force, and return when that is so
  Ways(Surroundings surroundings, BiConsumer<DesiredState, Origin> followers, StatusBoard board) {
    this.surroundings = surroundings;
    this.followers = followers;
    this.board = board;
  }

  /// Takes another desired state and brings it in force.
  synchronized void apply(DesiredState state, Origin from) {
    Crossings after = crossings.copy();
    DesiredState next = after.follow(state, surroundings.answered(), surroundings.routed());
    follow(next, from, after);
    if (!crossings.isDone()) {
      LOG.info(
          "{} addresses stay on their links until a router has them, {} with their routers until a"
              + " node holds them on a link",
          crossings.toRouters().size(),
          crossings.toLinks().size());
    }
  }

  /// A state that could not be brought in force was not followed: the next one is judged by what is
  /// there.
  private void follow(DesiredState next, Origin from, Crossings after) {
    SortedSet<IpAddress> kept = keptOnLinks;
    // Asked for while the state is brought in force.
    keptOnLinks = after.toRouters();
    try {
      followers.accept(next, from);
    } catch (RuntimeException e) {
      keptOnLinks = kept;
      throw e;
    }
    crossings = after;
    origin = from;
  }

  /// Ends what is no longer needed.
  ///
  /// @param now monotonic
  void look(Instant now) {
    try {
      lookOnce(now);
    } catch (RuntimeException e) {
      // A timer that throws is not run again.
      LOG.error("the change of announcements could not be looked at", e);
    }
  }

  private synchronized void lookOnce(Instant now) {
    if (crossings.isDone()) {
      tell(Optional.empty(), now);
      return;
    }
    Crossings after = crossings.copy();
    Optional<DesiredState> next = after.advance(surroundings.routed(), surroundings.held(), now);
    if (next.isPresent()) {
      follow(next.get(), origin, after);
    } else {
      crossings = after;
    }
    tell(problem(), now);
  }

  private Optional<String> problem() {
    if (crossings.isDone()) {
      return Optional.empty();
    }
    SortedSet<IpAddress> all = new TreeSet<>(crossings.toRouters());
    all.addAll(crossings.toLinks());
    return Optional.of(
        crossings.toRouters().size()
            + " addresses are still answered for on links since no BGP peer has their routes, "
            + crossings.toLinks().size()
            + " are still told to peers since no node holds them on a link; the first is "
            + all.first());
  }

  private void tell(Optional<String> problem, Instant now) {
    if (problem.isEmpty()) {
      if (since.isPresent()) {
        board.solved(PART);
      }
      since = Optional.empty();
      return;
    }
    since = Optional.of(since.orElse(now));
    if (!now.isBefore(since.get().plus(PATIENCE))) {
      board.problem(PART, problem.get());
    }
  }

  /// What is answered for on links though the desired state no longer says so.
  SortedSet<IpAddress> keptOnLinks() {
    return keptOnLinks;
  }
}
