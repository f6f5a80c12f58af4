// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.reconciler.push.FakeSpeaker.Mood;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Member.Endpoint;
import io.gitlb.schema.value.NodeName;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// States and statuses between the reconciler and its speakers, and the end of that.
@Tag("alone")
class SpeakerPusherTest extends PusherFixture {

  @Test
  void whereASpeakerIsCalledIsToldAsTheOthersDialIt() {
    try (SpeakerPusher pusher = pusher()) {
      assertEquals(Optional.empty(), pusher.endpoint(A), "nobody knows");
      urls.put(A, URI.create("https://192.0.2.7:7001"));
      assertEquals(Optional.of(new Endpoint("192.0.2.7", 7001)), pusher.endpoint(A));
      urls.put(A, URI.create("https://[2001:db8::7]:7002"));
      assertEquals(Optional.of(new Endpoint("2001:db8::7", 7002)), pusher.endpoint(A));
      urls.put(A, URI.create("https://node-a.example"));
      assertEquals(
          Optional.of(new Endpoint("node-a.example", SpeakerEndpoint.DEFAULT_PORT)),
          pusher.endpoint(A),
          "the port that we would call");
      urls.put(A, URI.create("https:opaque"));
      assertEquals(Optional.empty(), pusher.endpoint(A));
    }
  }

  @Test
  void aStoredStateIsAcknowledgedAndNotSentAgain() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      handOver(pusher, states(state(A, 1, 1)));
      handOver(pusher, states(state(A, 1, 2)));
      awaitStored(pusher, A, generation(1, 2));
      assertEquals(List.of(generation(1, 1), generation(1, 2)), speaker.pushes());
    }
  }

  @Test
  void aSmallDifferenceFromWhatTheSpeakerHasIsSentAlone() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      for (long number = 1; number <= 3; number++) {
        handOver(pusher, states(large(A, number, 20)));
        awaitStored(pusher, A, generation(1, number));
        assertEquals(Optional.of(large(A, number, 20)), speaker.stored());
      }
      assertEquals(List.of(generation(1, 1)), speaker.pushes());
      assertEquals(List.of(generation(1, 2), generation(1, 3)), speaker.patches());
      handOver(pusher, states(large(A, 4, 40)));
      awaitStored(pusher, A, generation(1, 4));
      assertEquals(List.of(generation(1, 1), generation(1, 4)), speaker.pushes());
    }
  }

  @Test
  void aSpeakerThatDoesNotTakeTheDifferenceIsSentTheWholeStateAtOnce() throws InterruptedException {
    for (FakeSpeaker.Deltas how :
        List.of(FakeSpeaker.Deltas.UNKNOWN, FakeSpeaker.Deltas.TOO_MANY)) {
      try (FakeSpeaker speaker = speaker(A);
          SpeakerPusher pusher = pusher()) {
        speaker.treat(how);
        handOver(pusher, states(large(A, 1, 20)));
        awaitStored(pusher, A, generation(1, 1));
        handOver(pusher, states(large(A, 2, 20)));
        awaitStored(pusher, A, generation(1, 2));
        assertEquals(List.of(generation(1, 1), generation(1, 2)), speaker.pushes());
        assertEquals(Optional.of(large(A, 2, 20)), speaker.stored());
      }
    }
  }

  @Test
  void aSpeakerWithAnotherStateThanItAcknowledgedIsSentTheWholeState() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(large(A, 1, 20)));
      awaitStored(pusher, A, generation(1, 1));
      speaker.store(Optional.of(large(A, 1, 19)));
      handOver(pusher, states(large(A, 2, 20)));
      awaitStored(pusher, A, generation(1, 2));
      assertEquals(Optional.of(large(A, 2, 20)), speaker.stored());
      assertEquals(List.of(generation(1, 1), generation(1, 2)), speaker.pushes());
    }
  }

  @Test
  void aSpeakerIsListenedToBeforeAnythingIsHandedOver() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      speaker.store(Optional.of(state(A, 7, 3)));
      pusher.follow(new TreeSet<>(List.of(A)));
      conditions.await("it is heard", () -> report(pusher, A).status().isPresent());
      assertEquals(Optional.of(generation(7, 3)), report(pusher, A).stored());
      assertEquals(Optional.empty(), report(pusher, A).failure());
      assertEquals(Optional.of(state(A, 7, 3)), report(pusher, A).carried());
      assertEquals(List.of(), speaker.pushes());
    }
  }

  @Test
  void aSpeakerThatMovedIsListenedToWhereItIsNow() throws InterruptedException {
    try (FakeSpeaker before = speaker(A);
        FakeSpeaker after = FakeSpeaker.plain(A, loops, conditions);
        SpeakerPusher pusher = pusher()) {
      pusher.follow(new TreeSet<>(List.of(A)));
      conditions.await("the first is asked", () -> before.polls() > 0);
      urls.put(A, after.url());
      pusher.follow(new TreeSet<>(List.of(A)));
      conditions.await("the second is asked", () -> after.polls() > 0);
    }
  }

  @Test
  void aStaleStateNamesTheNewestGenerationAndAHigherEpochMendsIt() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      speaker.store(Optional.of(state(A, 7, 3)));
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.STALE);
      assertEquals(Optional.of(generation(7, 3)), report(pusher, A).stored());
      handOver(pusher, states(state(A, 8, 1)));
      awaitStored(pusher, A, generation(8, 1));
    }
  }

  @Test
  void anotherReconcilersPushIsReported() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      speaker.store(Optional.of(state(A, 2, 5)));
      awaitFailure(pusher, A, PushFailure.STALE);
      assertEquals(Optional.of(generation(2, 5)), report(pusher, A).stored());
    }
  }

  @Test
  void theLongPollBringsEachChangeOfTheStatus() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      for (String problem : List.of("the carrier is lost", "the disk is slow")) {
        speaker.complain(problem);
        conditions.await(
            problem,
            () ->
                report(pusher, A).status().filter(s -> s.problems().contains(problem)).isPresent());
      }
      assertTrue(speaker.polls() <= 6, "polls: " + speaker.polls());
      assertEquals(1, speaker.pushes().size());
    }
  }

  @Test
  void aNodeThatIsGoneIsNoLongerTalkedTo() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        FakeSpeaker _ = speaker(B);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1), state(B, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      awaitStored(pusher, B, generation(1, 1));
      handOver(pusher, states(state(B, 1, 1)));
      for (Thread thread : List.copyOf(threads).subList(0, 2)) {
        assertTrue(thread.join(Duration.ofSeconds(20)), "a thread goes on");
      }
      assertEquals(List.of(B), List.copyOf(pusher.reports().keySet()));
      assertEquals(Optional.of(generation(1, 1)), speaker.storedGeneration());
      handOver(pusher, states(state(A, 1, 2), state(B, 1, 1)));
      awaitStored(pusher, A, generation(1, 2));
    }
  }

  @Test
  void closeEndsAllThreadsWithinASecond() throws InterruptedException {
    try (FakeSpeaker hanging = speaker(A)) {
      FakeSpeaker dead = speaker(B);
      dead.close();
      hanging.become(Mood.SLOW);
      SpeakerPusher pusher = pusher();
      handOver(pusher, states(state(A, 1, 1), state(B, 1, 1)));
      conditions.await("the push hangs", () -> hanging.pushes().size() == 1);
      awaitFailure(pusher, B, PushFailure.UNREACHABLE);
      long startNanos = System.nanoTime();
      pusher.close();
      Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
      assertTrue(took.compareTo(Duration.ofSeconds(1)) < 0, "took " + took);
      assertEquals(4, threads.size());
      threads.forEach(thread -> assertFalse(thread.isAlive(), "a thread goes on"));
      handOver(pusher, states(state(A, 1, 2)));
      assertEquals(4, threads.size());
    }
  }

  @Test
  void reportsAreASnapshotOfTheNodesThatWereSet() {
    try (SpeakerPusher pusher = pusher()) {
      assertEquals(Map.of(), pusher.reports());
      handOver(pusher, states(state(A, 1, 1)));
      Map<NodeName, SpeakerReport> reports = pusher.reports();
      handOver(pusher, states());
      assertEquals(1, reports.size());
      assertThrows(UnsupportedOperationException.class, reports::clear);
      assertEquals(Map.of(), pusher.reports());
    }
  }

  @Test
  void aStateForAnotherNodeIsADefect() {
    try (SpeakerPusher pusher = pusher()) {
      TreeMap<NodeName, DesiredState> crossed = new TreeMap<>(Map.of(A, state(B, 1, 1)));
      assertThrows(IllegalArgumentException.class, () -> pusher.setDesired(crossed));
    }
  }

  @Test
  void aListenerThatThrowsStopsNothing() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher =
            new SpeakerPusher(
                loops,
                new PushSettings(
                    node -> Optional.ofNullable(urls.get(node)),
                    Optional.empty(),
                    () -> {
                      throw new IllegalStateException("a listener's defect");
                    },
                    new SplittableRandom(1),
                    TIMING))) {
      handOver(pusher, states(state(A, 1, 1)));
      conditions.await("stored", () -> speaker.storedGeneration().isPresent());
      handOver(pusher, states(state(A, 1, 2)));
      conditions.await(
          "stored", () -> speaker.storedGeneration().equals(Optional.of(generation(1, 2))));
    }
  }
}
