// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.store.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StatusBoardTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  private final StatusBoard board = new StatusBoard(Samples.NODE, "boot-1");

  @Test
  void onlyChangesCount() {
    assertEquals(1, board.current().sequence());
    board.stored(new Generation(1, 1));
    assertEquals(2, board.current().sequence());
    board.stored(new Generation(1, 1));
    board.solved("nothing");
    publish(List.of(), List.of());
    assertEquals(2, board.current().sequence());
    publish(List.of(announcement("192.0.2.1")), List.of());
    assertEquals(3, board.current().sequence());
  }

  @Test
  void whatIsPublishedIsSorted() {
    InterfaceStatus eth0 = new InterfaceStatus("eth0", MacAddress.of("02:00:5e:00:53:01"));
    InterfaceStatus eth1 = new InterfaceStatus("eth1", MacAddress.of("02:00:5e:00:53:02"));
    publish(List.of(announcement("192.0.2.10"), announcement("192.0.2.9")), List.of(eth1, eth0));
    SpeakerStatus status = board.current();
    assertEquals(
        List.of(announcement("192.0.2.9"), announcement("192.0.2.10")), status.announcements());
    assertEquals(List.of(eth0, eth1), status.interfaces());
  }

  @Test
  void problemsOfPartsComeAndGo() {
    board.problem("disk", "full");
    board.problem("apply", "failed");
    board.problem("disk", "read-only");
    assertEquals(List.of("apply: failed", "disk: read-only"), board.current().problems());
    board.solved("disk");
    assertEquals(List.of("apply: failed"), board.current().problems());
  }

  @Test
  void whoCountsMayWaitForSomebodyWhoTellsTheBoard() throws Exception {
    board.counters(
        () -> {
          Thread teller = Thread.ofPlatform().daemon().start(() -> board.problem("disk", "full"));
          join(teller);
          return new TreeMap<>(Map.of("told", teller.isAlive() ? 0L : 1L));
        });
    CompletableFuture<SpeakerStatus> told = CompletableFuture.supplyAsync(board::current);
    assertEquals(Map.of("told", 1L), told.get(20, TimeUnit.SECONDS).counters());
    assertEquals(
        Map.of("told", 1L), board.await(0, Optional.empty(), Duration.ofSeconds(1)).counters());
  }

  private static void join(Thread thread) {
    try {
      boolean _ = thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whoKnowsAnOlderOrNewerSequenceIsAnsweredAtOnce() throws InterruptedException {
    board.stored(new Generation(1, 1));
    assertEquals(2, board.await(1, Optional.empty(), LONG).sequence());
    // Of a run of the speaker before this one.
    assertEquals(2, board.await(99, Optional.empty(), LONG).sequence());
    assertEquals(2, board.await(2, Optional.of("boot-0"), LONG).sequence());
  }

  @Test
  void whoKnowsTheSequenceWaitsForTheNextOrUntilTimeIsUp() throws Exception {
    assertEquals(1, board.await(1, Optional.of("boot-1"), Duration.ofMillis(20)).sequence());

    CompletableFuture<SpeakerStatus> told = waiting();
    board.stored(new Generation(1, 1));
    assertTrue(told.get(30, TimeUnit.SECONDS).sequence() > 1);
  }

  @Test
  void closingLetsThoseWhoWaitGo() throws Exception {
    CompletableFuture<SpeakerStatus> told = waiting();
    board.close();
    assertEquals(1, told.get(30, TimeUnit.SECONDS).sequence());
    assertEquals(1, board.await(1, Optional.empty(), LONG).sequence());
  }

  private CompletableFuture<SpeakerStatus> waiting() {
    CompletableFuture<SpeakerStatus> told = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    told.complete(board.await(1, Optional.empty(), LONG));
                  } catch (InterruptedException e) {
                    told.completeExceptionally(e);
                  }
                });
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return told;
  }

  private void publish(List<AnnouncementStatus> announcements, List<InterfaceStatus> interfaces) {
    board.publish(announcements, List.of(), interfaces, List.of());
  }

  private static AnnouncementStatus announcement(String address) {
    return new AnnouncementStatus(
        IpAddress.of(address),
        AnnouncementState.ANNOUNCED,
        Optional.empty(),
        Instant.EPOCH,
        List.of("eth0"),
        List.of());
  }
}
