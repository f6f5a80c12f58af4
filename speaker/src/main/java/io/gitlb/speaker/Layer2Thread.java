// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.Start;
import io.gitlb.speaker.thread.ThreadPrecedence;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that owns [Layer2]: takes desired states and events in turn, looks at the
/// interfaces once a second and when they have changed, keeps the [Fence] open and sends what is
/// due. A platform thread, since opening and sending are native calls.
final class Layer2Thread implements AutoCloseable {

  /// So many steps that fail one after the other are no accident: the owner would answer what it
  /// decided before, and hear nobody. It ends then, and others take over.
  private static final int MAX_FAILED_STEPS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(Layer2Thread.class);

  /// How often the interfaces are looked at.
  static final Duration SURVEY_INTERVAL = Duration.ofSeconds(1);

  /// The least time between two looks when something changes all the time.
  static final Duration SURVEY_PAUSE = Duration.ofMillis(20);

  /// A look that took long is followed by a pause of so many times that.
  private static final int SURVEY_SHARE = 10;

  /// No pause is longer: neighbours may wait to be told.
  private static final Duration LONGEST_SURVEY_PAUSE = Duration.ofMillis(100);

  /// How long a link that could not be opened is left alone.
  static final Duration REOPEN_INTERVAL = Duration.ofSeconds(10);

  /// How long somebody who asks is kept waiting by an owner that is busy.
  private static final Duration DETECT_WAIT = Duration.ofMillis(980);

  /// For the others to take everything over.
  private static final Duration HAND_OVER = Duration.ofMillis(2_500);

  /// The end is a matter of milliseconds after that, but for a capture thread that hangs.
  private static final Duration CLOSE_WAIT = HAND_OVER.plusSeconds(3);

  /// Events between two ticks at most.
  private static final int BATCH = 256;

  private final Layer2 layer2;
  private final InstantSource clock;
  private final Consumer<Throwable> failed;
  private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final Thread thread;
  private final AtomicBoolean surveyAsked = new AtomicBoolean();
  private Instant nextSurvey = Instant.MIN;
  private Instant earliestSurvey = Instant.MIN;
  private @Nullable Instant leaveUntil;

  /// What is asked of the owner.
  private sealed interface Task {
    /// @param done completed when the state is in force, or when that failed
    record Apply(DesiredState state, Origin origin, CompletableFuture<Void> done) implements Task {}

    record Event(BiConsumer<Layer2, Instant> event) implements Task {}

    record Stop() implements Task {}
  }

  /// @param clock monotonic
  /// @param failed told, on the owner's thread, what ended it when that was not [#close]; nothing
  ///   is answered any more from one [Fence#LEASE] later
  Layer2Thread(Layer2 layer2, InstantSource clock, Consumer<Throwable> failed) {
    this.layer2 = layer2;
    this.clock = clock;
    this.failed = failed;
    this.thread = Thread.ofPlatform().name("layer2").daemon().unstarted(this::run);
  }

  void start(Start how) {
    tasks.add(new Task.Event((one, now) -> one.begin(how, now)));
    thread.start();
  }

  /// Brings the state in force and returns then; from any thread but the owner. After [#close] it
  /// does nothing.
  ///
  /// @throws RuntimeException what went wrong on the owner's thread
  void apply(DesiredState state, Origin origin) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    tasks.add(new Task.Apply(state, origin, done));
    CompletableFuture.anyOf(done, stopped).join();
  }

  /// Asks the segments who uses these addresses; from any thread but the owner. What is not known
  /// after a second, or because this is closed, is unprobed.
  SortedMap<IpAddress, Probing.Finding> detect(SortedSet<IpAddress> addresses)
      throws InterruptedException {
    CompletableFuture<SortedMap<IpAddress, Probing.Finding>> done = new CompletableFuture<>();
    post((one, now) -> one.detect(addresses, done::complete, now));
    try {
      return done.get(DETECT_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException _) {
      SortedMap<IpAddress, Probing.Finding> unknown = new TreeMap<>();
      addresses.forEach(
          address -> unknown.put(address, new Probing.Finding.Unprobed(Probing.Reason.BUSY)));
      return unknown;
    }
  }

  /// The interfaces may have changed: they are looked at at once, or when the last look is long
  /// enough ago. From any thread, as often as it likes.
  void surveySoon() {
    if (surveyAsked.compareAndSet(false, true)) {
      post(
          (_, _) -> {
            surveyAsked.set(false);
            nextSurvey = earliestSurvey.isBefore(nextSurvey) ? earliestSurvey : nextSurvey;
          });
    }
  }

  /// Lets the owner do something, soon.
  void post(BiConsumer<Layer2, Instant> event) {
    tasks.add(new Task.Event(event));
  }

  /// Hands over, stops answering, and returns when that is so.
  @Override
  public void close() {
    tasks.add(new Task.Stop());
    try {
      if (!thread.join(CLOSE_WAIT)) {
        LOG.warn("layer 2 did not stop within {}", CLOSE_WAIT);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    // Peers take over what is not said in time, and the fence shuts when this thread is late.
    ThreadPrecedence.take("Deciding about layer 2");
    try {
      ResponderWarmUp.run(clock);
      boolean running = true;
      int failedInARow = 0;
      while (running) {
        try {
          running = step();
          failedInARow = 0;
        } catch (RuntimeException e) {
          failedInARow++;
          if (failedInARow == MAX_FAILED_STEPS) {
            throw e;
          }
          // A bug in one step must not silence the addresses of all the others.
          LOG.error("layer 2: a step failed and is left out", e);
        }
      }
    } catch (InterruptedException _) {
      // The end, without ceremony.
    } catch (RuntimeException | Error e) {
      LOG.error("layer 2: the owner has ended", e);
      stopped.completeExceptionally(e);
      failed.accept(e);
    } finally {
      stopped.complete(null);
    }
  }

  /// @return whether to go on
  private boolean step() throws InterruptedException {
    layer2.tick(clock.instant());
    Instant now = clock.instant();
    if (!nextSurvey.isAfter(now)) {
      nextSurvey = now.plus(SURVEY_INTERVAL);
      layer2.survey(now);
      Instant after = clock.instant();
      earliestSurvey = after.plus(pauseAfter(Duration.between(now, after)));
      layer2.tick(after);
    }
    Task task = tasks.poll(waitUntilDue().toNanos(), TimeUnit.NANOSECONDS);
    for (int i = 0; i < BATCH && task != null; i++) {
      work(task);
      task = i + 1 < BATCH ? tasks.poll() : null;
    }
    if (leaveUntil != null && (layer2.mayExit() || !leaveUntil.isAfter(clock.instant()))) {
      layer2.withdrawAll();
      return false;
    }
    return true;
  }

  private static Duration pauseAfter(Duration survey) {
    Duration pause = survey.multipliedBy(SURVEY_SHARE);
    if (pause.compareTo(SURVEY_PAUSE) < 0) {
      return SURVEY_PAUSE;
    }
    return pause.compareTo(LONGEST_SURVEY_PAUSE) < 0 ? pause : LONGEST_SURVEY_PAUSE;
  }

  private void work(Task task) {
    switch (task) {
      case Task.Event(BiConsumer<Layer2, Instant> event) -> event.accept(layer2, clock.instant());
      case Task.Apply(DesiredState state, Origin origin, CompletableFuture<Void> done) -> {
        try {
          layer2.apply(state, origin, clock.instant());
          done.complete(null);
        } catch (RuntimeException e) {
          done.completeExceptionally(e);
        }
      }
      case Task.Stop _ -> {
        leaveUntil = clock.instant().plus(HAND_OVER);
        layer2.leave(clock.instant());
      }
    }
  }

  private Duration waitUntilDue() {
    Instant now = clock.instant();
    Instant next = layer2.nextDue().filter(due -> due.isBefore(nextSurvey)).orElse(nextSurvey);
    if (!next.isAfter(now)) {
      return Duration.ZERO;
    }
    return next.isAfter(now.plus(Fence.TICK)) ? Fence.TICK : Duration.between(now, next);
  }
}
