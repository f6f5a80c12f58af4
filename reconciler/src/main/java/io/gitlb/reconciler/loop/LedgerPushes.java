// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.loop.LedgerStore.Push;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When the remote is talked to, and how that went: pushes as the token bucket allows, pauses after
/// failures, and a look now and then while there is nothing to push.
final class LedgerPushes {

  private static final Logger log = LoggerFactory.getLogger(LedgerPushes.class);

  private final LedgerStore store;
  private final LoopSettings settings;

  /// Whether the remote may lack commits of ours; after a start nobody knows.
  private boolean ahead = true;

  /// What is under way; its answer is fetched by asking for the same again.
  private Optional<Talk> underWay = Optional.empty();

  private boolean committedMeanwhile;
  private TokenBucket bucket;
  private Optional<Failure> failure = Optional.empty();
  private Retry retry = Retry.NONE;

  /// When the remote was talked to last.
  private Instant talked = Instant.EPOCH;

  private enum Talk {
    PUSH,
    LOOK
  }

  LedgerPushes(LedgerStore store, LoopSettings settings) {
    this.store = store;
    this.settings = settings;
    this.bucket = TokenBucket.full(settings.pushBurst(), settings.pushEvery());
  }

  /// Something was committed.
  void committed() {
    ahead = true;
    committedMeanwhile = true;
  }

  /// Talks to the remote when there is need, and leave.
  ///
  /// @return what came of it; empty when nothing has, or not yet
  Optional<Push> turn(Instant now) {
    Optional<Talk> talk = underWay.or(() -> begin(now));
    if (talk.isEmpty()) {
      return Optional.empty();
    }
    Push answer =
        switch (talk.get()) {
          case PUSH -> store.push();
          case LOOK -> store.look();
        };
    if (answer instanceof Push.Running) {
      underWay = talk;
      return Optional.empty();
    }
    underWay = Optional.empty();
    talked = now;
    note(answer, now);
    return Optional.of(answer);
  }

  private Optional<Talk> begin(Instant now) {
    if (!retry.isDue(now) || (ahead ? !bucket.hasToken(now) : now.isBefore(lookAt()))) {
      return Optional.empty();
    }
    committedMeanwhile = false;
    if (!ahead) {
      return Optional.of(Talk.LOOK);
    }
    bucket = bucket.take(now);
    return Optional.of(Talk.PUSH);
  }

  private Instant lookAt() {
    return talked.plus(settings.lookEvery());
  }

  private void note(Push answer, Instant now) {
    switch (answer) {
      case Push.Running _, Push.Damaged _ -> {}
      case Push.Pushed(int commits, var _) -> {
        if (commits > 0 || failure.isPresent()) {
          log.info("ledger: pushed {} commits", commits);
        }
        ahead = committedMeanwhile;
        failure = Optional.empty();
        retry = Retry.NONE;
      }
      case Push.Rejected _ -> {
        log.warn("ledger: somebody else wrote to the branch; planning again on top of that");
        // There may be a commit of ours on top that undoes what others did.
        ahead = true;
        failure = Optional.empty();
        retry = Retry.NONE;
      }
      case Push.Failed(Failure cause) -> {
        if (!failure.equals(Optional.of(cause))) {
          log.warn("ledger: {}", cause);
        }
        failure = Optional.of(cause);
        retry = retry.afterFailure(now, settings);
      }
    }
  }

  /// Whether a talk is under way.
  boolean isUnderWay() {
    return underWay.isPresent();
  }

  /// Whether commits wait for the remote.
  boolean isAhead() {
    return ahead;
  }

  /// Why the last talk failed; empty when it worked.
  Optional<Failure> failure() {
    return failure;
  }

  /// When there is something to do; empty while something is under way, whose end wakes the loop.
  Optional<Instant> next() {
    if (underWay.isPresent()) {
      return Optional.empty();
    }
    Instant earliest = ahead ? bucket.nextAt() : lookAt();
    return Optional.of(earliest.isAfter(retry.at()) ? earliest : retry.at());
  }

  /// The clock was set back: what is not due for longer than it can be is due now.
  void clockWentBack(Instant now) {
    bucket = TokenBucket.full(settings.pushBurst(), settings.pushEvery());
    retry = new Retry(retry.failures(), now);
    talked = talked.isAfter(now) ? now : talked;
  }
}
