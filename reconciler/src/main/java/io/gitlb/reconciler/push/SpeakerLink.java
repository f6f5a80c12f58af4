// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.conflict.ProbeKeeper.Ask;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.ProbePort.Answer;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Talks to one speaker for as long as its node is followed: one thread pushes, one asks for the
/// status.
final class SpeakerLink {

  private static final Logger LOG = LoggerFactory.getLogger(SpeakerLink.class);

  /// Between two statuses, so that a speaker whose status changes all the time does not keep us
  /// busy.
  private static final Duration AFTER_CHANGE = Duration.ofMillis(100);

  /// After a status that we had already, should a speaker not hold its answers back.
  private static final Duration AFTER_NO_CHANGE = Duration.ofMillis(500);

  private final PushSettings settings;
  private final SpeakerCalls calls;
  private final Backoff pushBackoff;
  private final Backoff pollBackoff;
  private final List<Thread> threads;

  // Below: guarded by this.
  private SpeakerPicture picture;

  /// What the speaker had stored when we first heard of it; forgotten once it is handed a state.
  private Optional<DesiredState> carried = Optional.empty();

  /// Whether that has been asked for.
  private boolean askedForCarried;

  private boolean closed;

  /// Count what ends the wait for a retry of a push, and of a poll.
  private long pushWakeups;

  private long pollWakeups;

  /// @param calls closed with the link
  SpeakerLink(NodeName node, SpeakerCalls calls, PushSettings settings, ThreadFactory factory) {
    this.settings = settings;
    this.calls = calls;
    pushBackoff = backoff(settings);
    pollBackoff = backoff(settings);
    picture = SpeakerPicture.first(node);
    threads = List.of(factory.newThread(this::pushAll), factory.newThread(this::pollAll));
  }

  /// The given generator serves one thread at a time; each of ours gets its own from it.
  private static Backoff backoff(PushSettings settings) {
    return new Backoff(
        settings.timing().firstRetry(),
        settings.timing().longestRetry(),
        new SplittableRandom(settings.jitter().nextLong()));
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /// Follows the speaker to where it is now; a call to where it was is cut.
  void lookAnew() {
    if (calls.hasMoved()) {
      synchronized (this) {
        pushWakeups++;
        pollWakeups++;
        notifyAll();
      }
    }
  }

  /// Replaces the desired state, and follows the speaker to where it is now.
  void setDesired(DesiredState desired) {
    lookAnew();
    synchronized (this) {
      carried = Optional.empty();
      if (!picture.desired().equals(Optional.of(desired))) {
        picture = picture.wants(desired);
        pushWakeups++;
        notifyAll();
      }
    }
  }

  /// What the speaker shall have.
  synchronized Optional<DesiredState> desired() {
    return picture.desired();
  }

  /// Has the speaker probe addresses; blocks.
  Answer probe(Ask ask) {
    return calls.probe(ask);
  }

  synchronized SpeakerReport report() {
    SpeakerReport report = picture.report();
    return new SpeakerReport(report.stored(), report.status(), report.failure(), carried);
  }

  /// Before the speaker's first word is taken in: the records that it carries may be all that is
  /// left of a ledger.
  ///
  /// @return why they are not known
  private Optional<Failure> askForCarried(SpeakerStatus status) {
    synchronized (this) {
      if (askedForCarried || picture.desired().isPresent() || status.stored().isEmpty()) {
        return Optional.empty();
      }
    }
    return switch (calls.stored()) {
      case SpeakerCalls.StoredState.Unknown(Failure failure) -> Optional.of(failure);
      case SpeakerCalls.StoredState.Known(Optional<DesiredState> state) -> {
        synchronized (this) {
          askedForCarried = true;
          carried = picture.desired().isPresent() ? Optional.empty() : state;
        }
        yield Optional.empty();
      }
    };
  }

  /// A state to push.
  ///
  /// @param base what the speaker has, if that is known
  /// @param wakeups what the counter was when it was taken
  private record Job(DesiredState state, Optional<PushBase> base, long wakeups) {}

  private void pushAll() {
    for (Optional<Job> job = nextJob(); job.isPresent(); job = nextJob()) {
      push(job.get());
    }
  }

  private void push(Job job) {
    PushOutcome outcome;
    try {
      outcome = calls.push(job.state(), job.base());
    } catch (RuntimeException e) {
      outcome = new PushOutcome.Failed(defect(e));
    }
    PushOutcome ended = outcome;
    change(
        before -> {
          SpeakerPicture after = before.afterPush(job.state(), ended);
          boolean answered = after.answers() != before.answers();
          if (answered && before.pollFailure().isPresent()) {
            pollWakeups++;
          }
          return after;
        });
    switch (ended) {
      case PushOutcome.Stored _ -> pushBackoff.reset();
      case PushOutcome.Stale _ -> pushBackoff.reset();
      case PushOutcome.Failed _ -> await(pushBackoff.next(), () -> pushWakeups, job.wakeups());
    }
  }

  /// Blocks until there is a state to push.
  ///
  /// @return empty at the end
  private synchronized Optional<Job> nextJob() {
    try {
      while (!closed && picture.due().isEmpty()) {
        wait();
      }
    } catch (InterruptedException _) {
      closed = true;
    }
    return closed
        ? Optional.empty()
        : picture.due().map(state -> new Job(state, picture.base(), pushWakeups));
  }

  private void pollAll() {
    Optional<SpeakerStatus> last = Optional.empty();
    while (!isClosed()) {
      last = poll(last);
    }
  }

  /// @param last what the speaker told the time before; empty after a failure
  private Optional<SpeakerStatus> poll(Optional<SpeakerStatus> last) {
    long wakeups = pollWakeups();
    long answers = current().answers();
    PollOutcome outcome;
    try {
      outcome = withCarried(calls.poll(last));
    } catch (RuntimeException e) {
      outcome = new PollOutcome.Failed(defect(e));
    }
    return switch (outcome) {
      case PollOutcome.Failed(Failure failure) -> {
        change(before -> before.pollFailed(failure));
        await(pollBackoff.next(), () -> pollWakeups, wakeups);
        yield Optional.empty();
      }
      case PollOutcome.Told(SpeakerStatus status) -> {
        pollBackoff.reset();
        boolean believed = takeIn(status, answers);
        boolean changed = last.filter(status::equals).isEmpty();
        await(changed ? AFTER_CHANGE : AFTER_NO_CHANGE, () -> pollWakeups, wakeups);
        boolean same = believed && pollWakeups() == wakeups;
        yield same ? Optional.of(status) : Optional.empty();
      }
    };
  }

  private PollOutcome withCarried(PollOutcome outcome) {
    return switch (outcome) {
      case PollOutcome.Told(SpeakerStatus status) ->
          askForCarried(status).<PollOutcome>map(PollOutcome.Failed::new).orElse(outcome);
      case PollOutcome.Failed _ -> outcome;
    };
  }

  /// @return false when it is doubted and must be asked for again
  private boolean takeIn(SpeakerStatus status, long answersWhenAsked) {
    SpeakerPicture now =
        change(
            before -> {
              SpeakerPicture after = before.afterStatus(status, answersWhenAsked);
              boolean lost = before.settled().isPresent() && after.settled().isEmpty();
              boolean isBack = before.pollFailure().isPresent() && after.pollFailure().isEmpty();
              if (lost || isBack) {
                pushWakeups++;
              }
              return after;
            });
    return now.status().filter(status::equals).isPresent();
  }

  /// Turns the picture into the next one and tells when the report has changed.
  ///
  /// @param next called with the lock held
  private SpeakerPicture change(UnaryOperator<SpeakerPicture> next) {
    SpeakerPicture before;
    SpeakerPicture after;
    synchronized (this) {
      before = picture;
      if (closed) {
        return before;
      }
      after = next.apply(before);
      picture = after;
      notifyAll();
    }
    if (!before.report().equals(after.report())) {
      log(before, after);
      tell();
    }
    return after;
  }

  private void tell() {
    try {
      settings.onChange().run();
    } catch (RuntimeException e) {
      LOG.error("the listener for speaker reports failed", e);
    }
  }

  /// Once a kind of failure, not once a retry.
  private static void log(SpeakerPicture before, SpeakerPicture after) {
    Optional<Failure> failure = after.report().failure();
    if (before.report().failure().map(Failure::code).equals(failure.map(Failure::code))) {
      return;
    }
    failure.ifPresentOrElse(
        present -> LOG.warn("{}", present),
        () -> LOG.info("the speaker of {} is well again", after.node()));
  }

  private Failure defect(RuntimeException e) {
    LOG.error("a call to a speaker failed by a defect", e);
    return PushFailure.DEFECT.of(
        current().node(), "", "a defect of the reconciler, its log has more: " + e);
  }

  /// Ends early when the counter moves on from what was seen.
  private synchronized void await(Duration longest, LongSupplier wakeups, long seen) {
    long deadlineNanos = System.nanoTime() + longest.toNanos();
    try {
      while (!closed && wakeups.getAsLong() == seen) {
        long leftMillis = Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
        if (leftMillis <= 0) {
          return;
        }
        wait(leftMillis);
      }
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  private synchronized SpeakerPicture current() {
    return picture;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized long pollWakeups() {
    return pollWakeups;
  }

  /// Cuts the calls under way and lets the threads end; returns at once.
  void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    calls.close();
    threads.forEach(Thread::interrupt);
  }

  /// Waits for the threads of a closed link.
  void join(Duration longest) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + longest.toNanos();
    for (Thread thread : threads) {
      thread.join(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
    }
  }
}
