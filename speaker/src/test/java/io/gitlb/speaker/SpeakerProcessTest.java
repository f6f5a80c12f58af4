// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.ProcessFixture.assertTable;
import static io.gitlb.speaker.ProcessFixture.route;
import static io.gitlb.speaker.ProcessFixture.router;
import static io.gitlb.speaker.ProcessFixture.show;
import static io.gitlb.speaker.ProcessFixture.told;
import static io.gitlb.speaker.announce.DesiredStates.OTHER;
import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.routed;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.speaker.FakeSegmentPort.FakeSegment;
import io.gitlb.speaker.SpeakerProcess.Start;
import io.gitlb.speaker.announce.Crossings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The whole speaker in this process: real HTTP and disk, a wire that the test holds.
final class SpeakerProcessTest {

  @RegisterExtension final ProcessFixture fixture = new ProcessFixture();

  @TempDir private Path directory;

  @BeforeEach
  void theNodeHasBeenUp() {
    new StartStamp(directory).write(Instant.now());
  }

  @Test
  void aPushedStateIsAnsweredToldAndReported() {
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      SpeakerStatus status =
          fixture.await(
              speaker, one -> one.announcements().size() == 1 && one.applied().isPresent());
      assertEquals(AnnouncementState.ANNOUNCED, status.announcements().getFirst().state());
      assertEquals(List.of("eth0"), status.announcements().getFirst().interfaces());
      assertEquals("eth0", status.interfaces().getFirst().name());
      awaitAnswer("192.0.2.10");
      // Behind the answer, and behind the status that says so.
      await(() -> fixture.port.segment("eth0").sent.size() >= 2, "nobody is told of it");
    }
  }

  @Test
  void aRestartedSpeakerAnnouncesFromDiskWithoutBeingTold() {
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
    }
    fixture.port.segments.clear();
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.await(speaker, one -> one.announcements().size() == 1);
      awaitAnswer("192.0.2.10");
    }
  }

  @Test
  void afterAWeekAwayRoutersAreToldNothingBeforeTheReconcilerConfirmsIt()
      throws InterruptedException {
    try (FakeRouter router = new FakeRouter(0)) {
      DesiredState state =
          state(1, List.of(router(router.port())), routed("192.0.2.11", route("192.0.2.11/32")));
      try (SpeakerProcess speaker = fixture.start(directory)) {
        fixture.push(speaker, state);
        fixture.await(
            speaker, one -> one.peers().stream().anyMatch(peer -> peer.prefixesSent() == 1));
      }
      router.told = false;
      fixture.ahead = Duration.ofDays(8);
      try (SpeakerProcess speaker = fixture.start(directory)) {
        assertTellsNothing(speaker, router);
      }
      // Its short run proves nothing of the state.
      try (SpeakerProcess speaker = fixture.start(directory)) {
        assertTellsNothing(speaker, router);

        fixture.push(speaker, state);
        fixture.await(
            speaker, one -> one.peers().stream().anyMatch(peer -> peer.prefixesSent() == 1));
        assertTrue(router.told);
      }
    }
  }

  @Test
  void aFirstStartTellsRoutersNothingWhileTheServiceProxyMayHaveNoRules() throws IOException {
    Files.delete(directory.resolve("ran"));
    try (FakeRouter router = new FakeRouter(0);
        SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(
          speaker,
          state(1, List.of(router(router.port())), routed("192.0.2.11", route("192.0.2.11/32"))));
      SpeakerStatus status =
          fixture.await(
              speaker,
              one ->
                  one.peers().stream().anyMatch(peer -> peer.state().equals("Established"))
                      && one.announcements().size() == 1);
      assertEquals(
          Optional.of("WaitingForServiceProxy"), status.announcements().getFirst().reason());
      assertTable(
          """
          PREFIX         LOCAL PREF  COMMUNITIES  PEERS  NOT TOLD
          192.0.2.11/32  -           -            -      tor (WaitingForServiceProxy)
          """,
          show(speaker, "routes"));
      assertFalse(router.told);
    }
  }

  private void assertTellsNothing(SpeakerProcess speaker, FakeRouter router)
      throws InterruptedException {
    SpeakerStatus status =
        fixture.await(
            speaker,
            one ->
                one.peers().stream().anyMatch(peer -> peer.state().equals("Established"))
                    && one.announcements().size() == 1);
    assertEquals(Optional.of("StateTooOld"), status.announcements().getFirst().reason());
    assertTrue(status.problems().stream().anyMatch(one -> one.contains("GLB6019")));
    Thread.sleep(1_500);
    assertFalse(router.told);
  }

  /// Somebody sets the clock of a holder: intervals go by another one.
  @Test
  void theTimeOfDayMayBeSetWhileAnAddressIsHeld() throws InterruptedException {
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      AnnouncementStatus before =
          fixture.await(speaker, one -> told(one).isPresent()).announcements().getFirst();
      for (Duration step : List.of(Duration.ofHours(-2), Duration.ofSeconds(90))) {
        fixture.ahead = fixture.ahead.plus(step);
        // Some ticks, and more than one look at the interfaces.
        for (int i = 0; i < 60; i++) {
          awaitAnswer("192.0.2.10");
          Thread.sleep(20);
        }
        SpeakerStatus status = fixture.status(speaker, HttpCall.get("/v1/status"));
        AnnouncementStatus after = status.announcements().getFirst();
        assertEquals(before.state(), after.state(), () -> "a step of " + step);
        assertEquals(before.since(), after.since(), () -> "a step of " + step);
        assertEquals(turn(before), turn(after), () -> "a step of " + step);
        assertEquals(List.of(), status.problems());
      }
      // What begins now begins by the clock that was set.
      fixture.push(speaker, state(2, List.of(), layer2("192.0.2.11", List.of(SELF))));
      SpeakerStatus status =
          fixture.await(
              speaker,
              one ->
                  told(one).isPresent()
                      && one.announcements().getFirst().address().toString().endsWith(".11"));
      assertNow(status.announcements().getFirst().since());
      assertNow(told(status).orElseThrow());
    }
  }

  private static long turn(AnnouncementStatus status) {
    return status.layer2().orElseThrow().turn();
  }

  private void assertNow(Instant moment) {
    Duration off = Duration.between(moment, fixture.timeOfDay()).abs();
    assertTrue(off.compareTo(ProcessFixture.DEADLINE) < 0, () -> off + " off");
  }

  @Test
  void aStateWithoutTheAddressWithdrawsIt() {
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      fixture.await(speaker, one -> one.announcements().size() == 1);
      fixture.push(speaker, state(2, List.of()));
      fixture.await(speaker, one -> one.announcements().isEmpty());
      assertEquals(false, answers("192.0.2.10"));
    }
  }

  @Test
  void theOtherNodesAddressIsLeftToIt() {
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(OTHER))));
      SpeakerStatus status = fixture.await(speaker, one -> one.announcements().size() == 1);
      assertEquals(AnnouncementState.STANDBY, status.announcements().getFirst().state());
      assertEquals(false, answers("192.0.2.10"));
    }
  }

  @Test
  void whereNothingCanBeCapturedTheSpeakerRunsAndSaysWhy() {
    fixture.port.refusal = Optional.of("Operation not permitted");
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      SpeakerStatus status =
          fixture.await(
              speaker, one -> one.announcements().size() == 1 && !one.problems().isEmpty());
      assertEquals(AnnouncementState.NOT_ANNOUNCED, status.announcements().getFirst().state());
      assertEquals(Optional.of("NoCapture"), status.announcements().getFirst().reason());
      assertEquals(
          List.of("capture: not possible on {eth0=Operation not permitted}"), status.problems());
      assertTrue(
          show(speaker, "bgp")
              .endsWith("\n\nPROBLEMS\ncapture: not possible on {eth0=Operation not permitted}\n"));
    }
  }

  @Test
  void atTheEndNothingIsAnswered() {
    FakeSegment eth0;
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      fixture.await(speaker, one -> one.announcements().size() == 1);
      eth0 = fixture.port.segment("eth0");
    }
    assertTrue(eth0.closed);
    assertEquals(false, eth0.answers("192.0.2.10"));
  }

  @Test
  void aPortThatIsTakenIsToldAndNothingIsLeftRunning() {
    try (SpeakerProcess first = fixture.start(directory)) {
      SpeakerSettings second = fixture.settings(directory, first.address().getPort());
      String message =
          assertInstanceOf(Start.Failed.class, SpeakerProcess.start(second, fixture.port))
              .message();
      assertTrue(message.startsWith("--listen: cannot listen on "), message);
    }
  }

  @Test
  void healthAndReadinessAreServed() {
    try (SpeakerProcess speaker = fixture.start(directory)) {
      assertEquals(200, fixture.get(speaker.healthAddress(), "/healthz").status());
      fixture.await(speaker, one -> one.stored().equals(one.applied()));
      assertEquals(200, fixture.get(speaker.healthAddress(), "/readyz").status());
    }
  }

  @Test
  void anErrorThatEndsTheOwnerOfLayer2ShowsInHealthAndFencesEveryAnswer() throws Exception {
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      fixture.await(speaker, one -> one.announcements().size() == 1);
      assertEquals(false, speaker.hasFailed());
      fixture.port.fault = Optional.of(new OutOfMemoryError("made up"));
      assertEquals(
          "layer 2 has ended: java.lang.OutOfMemoryError: made up", speaker.awaitFailure());
      assertEquals(503, fixture.get(speaker.healthAddress(), "/healthz").status());
      Thread.sleep(Fence.LEASE.plusMillis(1));
      assertEquals(false, answers("192.0.2.10"));
    }
  }

  @Test
  void anAddressThatGoesToBgpIsAnsweredUntilARouterHasItAndComesBackWithoutAGap()
      throws InterruptedException {
    int bgp = FakeRouter.freePort();
    List<PeerSettings> peers = List.of(router(bgp));
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      fixture.await(speaker, one -> one.announcements().size() == 1);
      fixture.push(speaker, state(2, peers, routed("192.0.2.10", route("192.0.2.10/32"))));
      Thread.sleep(Crossings.LINGER.plusMillis(500));
      awaitAnswer("192.0.2.10");

      try (FakeRouter router = new FakeRouter(bgp)) {
        fixture.await(speaker, one -> one.announcements().getFirst().interfaces().isEmpty());
        assertTrue(router.told);
        assertEquals(false, answers("192.0.2.10"));

        fixture.push(speaker, state(3, List.of(), layer2("192.0.2.10", List.of(SELF))));
        awaitAnswer("192.0.2.10");
        assertEquals(false, router.ended);
        fixture.await(speaker, one -> one.peers().isEmpty());
        awaitAnswer("192.0.2.10");
      }
    }
  }

  /// The fence is shut for a moment when the machine stalls.
  private void awaitAnswer(String address) {
    await(() -> answers(address), "nobody answers for " + address);
  }

  private static void await(BooleanSupplier condition, String otherwise) {
    long deadline = System.nanoTime() + ProcessFixture.DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, otherwise);
      Thread.onSpinWait();
    }
  }

  private boolean answers(String address) {
    return fixture.port.segment("eth0").answers(address);
  }
}
