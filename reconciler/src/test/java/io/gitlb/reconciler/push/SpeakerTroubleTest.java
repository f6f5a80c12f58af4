// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.reconciler.push.FakeSpeaker.Mood;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Speakers that are slow, dead, restarted, elsewhere or none at all.
class SpeakerTroubleTest extends PusherFixture {

  @Test
  void aSlowSpeakerDoesNotDelayTheOther() throws InterruptedException {
    try (FakeSpeaker slow = speaker(A);
        FakeSpeaker _ = speaker(B);
        SpeakerPusher pusher = pusher()) {
      slow.become(Mood.SLOW);
      handOver(pusher, states(state(A, 1, 1), state(B, 1, 1)));
      conditions.await("the push hangs", () -> slow.pushes().size() == 1);
      awaitStored(pusher, B, generation(1, 1));
      handOver(pusher, states(state(A, 1, 2), state(B, 1, 2)));
      handOver(pusher, states(state(A, 1, 3), state(B, 1, 3)));
      awaitStored(pusher, B, generation(1, 3));
      assertEquals(Optional.empty(), slow.storedGeneration());

      slow.become(Mood.WELL);
      awaitStored(pusher, A, generation(1, 3));
      assertEquals(List.of(generation(1, 1), generation(1, 3)), slow.pushes());
    }
  }

  @Test
  void aDeadSpeakerIsTriedAgainAndGetsTheNewestState() throws InterruptedException {
    FakeSpeaker dead = speaker(A);
    dead.close();
    try (SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.UNREACHABLE);
      handOver(pusher, states(state(A, 1, 2)));
      handOver(pusher, states(state(A, 1, 3)));
      try (FakeSpeaker alive = dead.reborn()) {
        awaitStored(pusher, A, generation(1, 3));
        List<Generation> pushes = alive.pushes();
        // One that was being sent when it came back may go before; none follows the newest.
        assertEquals(pushes.stream().sorted().distinct().toList(), pushes);
        assertEquals(generation(1, 3), pushes.getLast());
      }
    }
  }

  @Test
  void aNewerStateDoesNotWaitForTheRetryOfAnOlderOne() throws InterruptedException {
    PushSettings.Timing patient =
        new PushSettings.Timing(
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5));
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher(Optional.empty(), patient)) {
      speaker.become(Mood.REFUSING);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.REFUSED);
      speaker.become(Mood.WELL);
      handOver(pusher, states(state(A, 1, 2)));
      awaitStored(pusher, A, generation(1, 2));
      assertEquals(List.of(generation(1, 1), generation(1, 2)), speaker.pushes());
    }
  }

  @Test
  void aSpeakerRestartedWithoutItsStateGetsItAgain() throws InterruptedException {
    FakeSpeaker first = speaker(A);
    try (SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      conditions.await("it is asked", () -> report(pusher, A).status().isPresent());
      first.close();
      awaitFailure(pusher, A, PushFailure.UNREACHABLE);
      try (FakeSpeaker second = first.reborn()) {
        conditions.await(
            "pushed again", () -> second.storedGeneration().equals(Optional.of(generation(1, 1))));
        awaitStored(pusher, A, generation(1, 1));
      }
    }
  }

  @Test
  void aSpeakerThatLosesItsStateWhileItRunsGetsItAgain() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 2)));
      awaitStored(pusher, A, generation(1, 2));
      speaker.store(Optional.of(state(A, 1, 1)));
      conditions.await("pushed again", () -> speaker.pushes().size() >= 2);
      awaitStored(pusher, A, generation(1, 2));
      assertEquals(Optional.of(generation(1, 2)), speaker.storedGeneration());
    }
  }

  @Test
  void aRefusalIsToldInTheSpeakersWordsAndTriedAgain() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      speaker.become(Mood.REFUSING);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.REFUSED);
      assertEquals(
          "GLB4007 the speaker of node-a at 127.0.0.1 port "
              + speaker.url().getPort()
              + ": it refuses with HTTP status 400: the disk is full",
          report(pusher, A).failure().orElseThrow().toString());
      speaker.become(Mood.WELL);
      awaitStored(pusher, A, generation(1, 1));
    }
  }

  @Test
  void whatIsNoSpeakerIsNotBelieved() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      speaker.become(Mood.BABBLING);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.NOT_UNDERSTOOD);
    }
  }

  @Test
  void anotherNodesSpeakerIsNoticed() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(B);
        SpeakerPusher pusher = pusher()) {
      urls.put(A, speaker.url());
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.WRONG_NODE);
    }
  }

  @Test
  void aSpeakerThatDoesNotAnswerInTimeIsReported() throws InterruptedException {
    PushSettings.Timing hasty =
        new PushSettings.Timing(
            Duration.ofMillis(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofSeconds(5));
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher(Optional.empty(), hasty)) {
      speaker.become(Mood.SLOW);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.TIMED_OUT);
      speaker.become(Mood.WELL);
      awaitStored(pusher, A, generation(1, 1));
    }
  }

  @Test
  void anUnknownUrlIsReportedAndTheSpeakerIsFoundWhenItIsKnown() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      urls.remove(A);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.NO_URL);
      urls.put(A, speaker.url());
      awaitStored(pusher, A, generation(1, 1));
    }
  }

  @Test
  void aSpeakerThatMovedIsFollowed() throws InterruptedException {
    try (FakeSpeaker before = speaker(A);
        FakeSpeaker after = FakeSpeaker.plain(A, loops, conditions);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      urls.put(A, after.url());
      handOver(pusher, states(state(A, 1, 1)));
      conditions.await("the new one has it", () -> after.storedGeneration().isPresent());
      awaitStored(pusher, A, generation(1, 1));
      assertEquals(1, before.pushes().size());
    }
  }

  /// Its address has been looked up, the call to it has not begun: nobody cuts that call later.
  @Test
  void aSpeakerThatMovesRightBeforeACallIsNotWaitedForWhereItWas() throws InterruptedException {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    PushSettings settings =
        new PushSettings(
            node -> {
              Optional<URI> url = Optional.ofNullable(urls.get(node));
              meanwhile.getAndSet(() -> {}).run();
              return url;
            },
            Optional.empty(),
            () -> {},
            new SplittableRandom(1),
            TIMING);
    try (FakeSpeaker _ = speaker(A);
        FakeSpeaker after = FakeSpeaker.plain(A, loops, conditions);
        SpeakerCalls calls = new SpeakerCalls(A, loops, settings)) {
      Optional<SpeakerStatus> known =
          Optional.of(
              assertInstanceOf(PollOutcome.Told.class, calls.poll(Optional.empty())).status());
      meanwhile.set(
          () -> {
            urls.put(A, after.url());
            Thread mover = Thread.ofPlatform().start(calls::hasMoved);
            while (mover.isAlive() && mover.getState() != Thread.State.BLOCKED) {
              Thread.onSpinWait();
            }
          });
      assertInstanceOf(PollOutcome.Failed.class, calls.poll(known));
      assertInstanceOf(PollOutcome.Told.class, calls.poll(known), "another run, elsewhere");
    }
  }
}
