// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpeakerPictureTest {

  private static final NodeName NODE = new NodeName("node-a");
  private static final Failure AWAY = PushFailure.UNREACHABLE.of(NODE, "", "connection refused");

  private static DesiredState state(long number) {
    return new DesiredState(
        NODE,
        "uid-of-cluster",
        new Generation(1, number),
        "1".repeat(40),
        "2".repeat(40),
        List.of(),
        List.of());
  }

  private static SpeakerStatus status(Optional<Generation> stored) {
    return new SpeakerStatus(NODE, "run", 1, stored, stored, List.of(), List.of(), List.of());
  }

  private static SpeakerPicture stored(long number) {
    return SpeakerPicture.first(state(number).node())
        .wants(state(number))
        .afterPush(state(number), new PushOutcome.Stored("d"));
  }

  @Test
  void aNewStateIsDueUntilItIsStored() {
    SpeakerPicture first = SpeakerPicture.first(state(1).node()).wants(state(1));
    assertEquals(Optional.of(state(1)), first.due());
    assertEquals(
        Optional.of(state(1)), first.afterPush(state(1), new PushOutcome.Failed(AWAY)).due());
    assertEquals(Optional.empty(), stored(1).due());
    assertEquals(Optional.empty(), stored(1).wants(state(1)).due());
  }

  @Test
  void aStateThatCameDuringThePushIsDueAfterIt() {
    SpeakerPicture after =
        SpeakerPicture.first(state(1).node())
            .wants(state(1))
            .wants(state(2))
            .afterPush(state(1), new PushOutcome.Stored("d"));
    assertEquals(Optional.of(state(2)), after.due());
    assertEquals(Optional.of(new Generation(1, 1)), after.stored());
  }

  @Test
  void deltasAreOfWhatTheSpeakerStoredAndStillHas() {
    assertEquals(Optional.empty(), SpeakerPicture.first(NODE).wants(state(1)).base());
    assertEquals(Optional.of(new PushBase(state(1), "d")), stored(1).wants(state(2)).base());
    Failure stale = PushFailure.stale(NODE, "", new Generation(9, 9), new Generation(1, 2));
    SpeakerPicture overtaken =
        stored(1)
            .wants(state(2))
            .afterPush(state(2), new PushOutcome.Stale(new Generation(9, 9), stale));
    assertEquals(Optional.empty(), overtaken.base());
    SpeakerPicture lost = stored(1).afterStatus(status(Optional.empty()), 1);
    assertEquals(Optional.empty(), lost.base());
  }

  @Test
  void aStaleStateIsNotSentAgainUnlessTheSpeakerForgets() {
    Generation newest = new Generation(9, 9);
    Failure stale = PushFailure.stale(NODE, "", newest, new Generation(1, 1));
    SpeakerPicture after =
        SpeakerPicture.first(state(1).node())
            .wants(state(1))
            .afterPush(state(1), new PushOutcome.Stale(newest, stale));
    assertEquals(Optional.empty(), after.due());
    assertEquals(Optional.of(newest), after.report().stored());
    assertEquals(Optional.of(stale), after.report().failure());
    assertEquals(Optional.of(state(1)), after.afterStatus(status(Optional.empty()), 1).due());
  }

  @Test
  void aStatusThatWasAskedForBeforeTheAnswerToAPushProvesNoLoss() {
    SpeakerPicture stored = stored(2);
    assertSame(stored, stored.afterStatus(status(Optional.empty()), 0));
    assertSame(stored, stored.afterStatus(status(Optional.of(new Generation(1, 1))), 0));
  }

  @Test
  void aStatusThatWasAskedForAfterwardsDoes() {
    for (Optional<Generation> told :
        List.of(Optional.<Generation>empty(), Optional.of(new Generation(1, 1)))) {
      SpeakerPicture after = stored(2).afterStatus(status(told), 1);
      assertEquals(Optional.of(state(2)), after.due());
      assertEquals(told, after.report().stored());
    }
  }

  /// It waits for somebody to confirm what it has on disk.
  @Test
  void aSpeakerThatWasRestartedIsSentItsStateAgain() {
    Optional<Generation> generation = Optional.of(new Generation(1, 2));
    SpeakerPicture before = stored(2).afterStatus(status(generation), 1);
    assertEquals(Optional.empty(), before.due());

    SpeakerStatus told =
        new SpeakerStatus(
            NODE, "run-2", 1, generation, generation, List.of(), List.of(), List.of());
    SpeakerPicture after = before.afterStatus(told, 1);
    assertEquals(Optional.of(state(2)), after.due());
    SpeakerPicture again = after.afterPush(state(2), new PushOutcome.Stored("d"));
    assertEquals(Optional.empty(), again.afterStatus(told, 2).due());
  }

  @Test
  void aHigherGenerationThanOursIsAFailureUntilOursIsHigher() {
    SpeakerPicture overtaken = stored(1).afterStatus(status(Optional.of(new Generation(1, 5))), 1);
    assertEquals(Optional.of("GLB4006"), overtaken.report().failure().map(Failure::code));
    assertEquals(Optional.empty(), overtaken.wants(state(6)).report().failure());
  }

  @Test
  void aFailedPollHidesBehindAFailedPushAndGoesWithTheNextStatus() {
    Failure unanswered = PushFailure.TIMED_OUT.of(NODE, "", "no answer within 1 ms");
    SpeakerPicture both =
        SpeakerPicture.first(state(1).node())
            .wants(state(1))
            .pollFailed(unanswered)
            .afterPush(state(1), new PushOutcome.Failed(AWAY));
    assertEquals(Optional.of(AWAY), both.report().failure());
    SpeakerPicture pushed = both.afterPush(state(1), new PushOutcome.Stored("d"));
    assertEquals(Optional.of(unanswered), pushed.report().failure());
    SpeakerStatus told = status(Optional.of(new Generation(1, 1)));
    assertEquals(Optional.empty(), pushed.afterStatus(told, 1).report().failure());
  }
}
