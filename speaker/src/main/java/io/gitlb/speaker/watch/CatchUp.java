// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.schema.protocol.Generation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// When a speaker asks the reconciler for its state, and when it counts as cut off.
///
/// States are pushed. A peer with a newer one is no alarm by itself, as most changes do not concern
/// every node; but when this node's own has not followed after a second or two, the reconciler is
/// asked. When it cannot be, for as long as [#GRACE] after the peer was heard of, this node's state
/// may be outdated.
final class CatchUp {

  /// From when a peer is ahead until that counts as being cut off.
  static final Duration GRACE = Duration.ofSeconds(5);

  /// For a push to come first; up to as much again is added, so that not all ask at once.
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /// Between two questions whose answer was that there is nothing newer, at the most.
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /// Between two tries that failed, at the most.
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(4);

  private final RandomGenerator random;
  private Optional<Generation> own = Optional.empty();
  // What a peer had when the reconciler last said that this node has its newest.
  private Optional<Generation> confirmed = Optional.empty();
  private Optional<Instant> behindSince = Optional.empty();
  private Instant due = Instant.MAX;
  private Instant notBefore = Instant.MIN;
  private Duration pause = PATIENCE;
  private Duration retry = PATIENCE;
  private boolean failed;

  CatchUp(RandomGenerator random) {
    this.random = random;
  }

  /// @param stored what this node has
  /// @param peers the newest that a peer has
  /// @param now monotonic
  /// @return whether to ask now; [#current], [#failed] or [#postponed] is to follow before the next
  ///   call
  boolean isDue(Optional<Generation> stored, Optional<Generation> peers, Instant now) {
    if (!stored.equals(own)) {
      // A push came through.
      own = stored;
      begin();
    }
    if (!isAhead(peers, own) || !isAhead(peers, confirmed)) {
      begin();
    } else if (behindSince.isEmpty()) {
      behindSince = Optional.of(now);
      Instant soon = now.plus(PATIENCE).plusMillis(random.nextLong(PATIENCE.toMillis()));
      due = soon.isBefore(notBefore) ? notBefore : soon;
    }
    return !now.isBefore(due);
  }

  private void begin() {
    behindSince = Optional.empty();
    due = Instant.MAX;
    retry = PATIENCE;
    failed = false;
  }

  private static boolean isAhead(Optional<Generation> one, Optional<Generation> other) {
    return one.isPresent() && (other.isEmpty() || one.get().compareTo(other.get()) > 0);
  }

  /// The reconciler's newest is stored here.
  ///
  /// @param stored what this node has by now
  /// @param peers what was passed to the question
  void current(Optional<Generation> stored, Optional<Generation> peers, Instant now) {
    pause = stored.equals(own) ? shorter(pause.multipliedBy(2), LONGEST_PAUSE) : PATIENCE;
    notBefore = now.plus(pause);
    own = stored;
    confirmed = peers;
    begin();
  }

  /// The reconciler did not say.
  void failed(Instant now) {
    failed = true;
    due = now.plus(retry);
    retry = shorter(retry.multipliedBy(2), LONGEST_RETRY);
  }

  /// The reconciler is there and has no time yet: neither an answer nor a failure.
  ///
  /// @param pause that it asks for, above zero; as much again at most is added, so that those who
  ///   were turned away together do not come back together
  void postponed(Duration pause, Instant now) {
    due = now.plus(pause).plusMillis(random.nextLong(pause.toMillis()));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// Whether peers have been ahead for a while and the reconciler does not say what this node is to
  /// have.
  boolean isCutOff(Instant now) {
    return failed && behindSince.filter(since -> !now.isBefore(since.plus(GRACE))).isPresent();
  }
}
