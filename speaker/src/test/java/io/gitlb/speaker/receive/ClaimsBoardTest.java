// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.store.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ClaimsBoardTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final SortedSet<IpAddress> KNOWN =
      new TreeSet<>(List.of(IpAddress.of("192.0.2.1"), IpAddress.of("192.0.2.2")));

  private final ClaimsBoard board = new ClaimsBoard(Samples.NODE, "boot-1");

  private void publish(long generation) {
    board.publish(before -> claims(before, generation), () -> KNOWN);
  }

  private static SpeakerClaims claims(SpeakerClaims before, long generation) {
    return new SpeakerClaims(
        before.node(),
        before.bootId(),
        before.sequence() + 77,
        Optional.of(new Generation(1, generation)),
        SpeakerClaims.Presence.PRESENT,
        List.of(
            new SpeakerClaims.Claim(
                IpAddress.of("192.0.2.1"),
                new Generation(1, 1),
                1,
                SpeakerClaims.ClaimState.HOLDING,
                List.of("eth0"))),
        new TreeSet<>(),
        new TreeMap<>(),
        Optional.empty());
  }

  private CompletableFuture<SpeakerClaims> waiting(long after, Optional<String> boot) {
    CompletableFuture<SpeakerClaims> told = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                told.complete(board.await(after, boot, LONG));
              } catch (InterruptedException e) {
                told.completeExceptionally(e);
              }
            });
    return told;
  }

  private static SpeakerClaims soon(CompletableFuture<SpeakerClaims> told) throws Exception {
    return told.get(20, TimeUnit.SECONDS);
  }

  @Test
  void onlyChangesCountAndTheSequenceIsTheBoards() throws Exception {
    assertEquals(1, board.await(0, Optional.empty(), Duration.ZERO).sequence());
    publish(1);
    publish(1);
    assertEquals(2, board.await(0, Optional.empty(), Duration.ZERO).sequence());
    publish(2);
    assertEquals(3, board.await(0, Optional.empty(), Duration.ZERO).sequence());
  }

  @Test
  void whoWaitsIsToldAtTheNextChange() throws Exception {
    CompletableFuture<SpeakerClaims> told = waiting(1, Optional.of("boot-1"));
    assertFalse(told.isDone());
    publish(1);
    assertEquals(2, soon(told).sequence());
    assertEquals(Optional.empty(), soon(told).known());
  }

  @Test
  void whoKnowsAnotherRunIsToldAtOnce() throws Exception {
    assertEquals("boot-1", soon(waiting(1, Optional.of("boot-0"))).bootId());
    assertEquals(1, soon(waiting(9, Optional.of("boot-1"))).sequence());
  }

  @Test
  void withoutAChangeTheWaitIsOver() throws Exception {
    assertEquals(1, board.await(1, Optional.of("boot-1"), Duration.ofMillis(20)).sequence());
  }

  @Test
  void whatIsKnownIsToldWhenAskedFor() {
    publish(1);
    assertEquals(Optional.of(KNOWN), board.withKnown().known());
    assertEquals(2, board.withKnown().sequence());
  }

  @Test
  void theEndLetsEverybodyGo() throws Exception {
    CompletableFuture<SpeakerClaims> told = waiting(1, Optional.of("boot-1"));
    board.close();
    assertEquals(1, soon(told).sequence());
    assertEquals(1, soon(waiting(1, Optional.of("boot-1"))).sequence());
  }

  @Test
  void whatNobodyReadsIsNotMade() throws Exception {
    AtomicInteger made = new AtomicInteger();
    for (int i = 1; i <= 1_000; i++) {
      long generation = i;
      board.publish(
          before -> {
            made.incrementAndGet();
            return claims(before, generation);
          },
          () -> KNOWN);
    }
    assertEquals(0, made.get());
    assertEquals(
        Optional.of(new Generation(1, 1_000)),
        board.await(0, Optional.empty(), Duration.ZERO).stored());
    assertEquals(1, made.get());
  }

  @Test
  void manyReadersSeeTheLastOfManyChanges() throws Exception {
    List<CompletableFuture<SpeakerClaims>> readers = new ArrayList<>();
    for (int reader = 0; reader < 8; reader++) {
      CompletableFuture<SpeakerClaims> last = new CompletableFuture<>();
      readers.add(last);
      Thread.ofVirtual().start(() -> readUntil(500, last));
    }
    for (int i = 1; i <= 500; i++) {
      publish(i);
    }
    for (CompletableFuture<SpeakerClaims> last : readers) {
      assertEquals(Optional.of(new Generation(1, 500)), soon(last).stored());
    }
  }

  private void readUntil(long generation, CompletableFuture<SpeakerClaims> last) {
    try {
      SpeakerClaims now = board.await(0, Optional.empty(), Duration.ZERO);
      while (!now.stored().equals(Optional.of(new Generation(1, generation)))) {
        now = board.await(now.sequence(), Optional.of("boot-1"), LONG);
      }
      last.complete(now);
    } catch (InterruptedException e) {
      last.completeExceptionally(e);
    }
  }
}
