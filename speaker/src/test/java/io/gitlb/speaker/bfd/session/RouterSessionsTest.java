// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static io.gitlb.speaker.bfd.session.RawRouter.await;
import static io.gitlb.speaker.bfd.session.RawRouter.octets;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Hops;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.AuthenticationKey;
import io.gitlb.speaker.bfd.AuthenticationType;
import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdPacket;
import io.gitlb.speaker.bfd.BfdSession;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.SessionTimers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What the service for routers does on the wire, with good packets and with bad ones.
final class RouterSessionsTest {

  /// RFC 5880 section 4.1: the state Down.
  private static final int DOWN = 1;

  private static final Authentication KEYS =
      new Authentication(
          AuthenticationType.METICULOUS_SHA1, List.of(new AuthenticationKey(1, new byte[20])));

  private static RawRouter onLink() throws Exception {
    return new RawRouter(Hops.SINGLE, Optional.empty());
  }

  // Long enough for a packet to have had its effect.
  private static void settle() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(300);
  }

  @Test
  void aSessionComesUpChangesItsPaceByPollAndSaysGoodbye() throws Exception {
    RawRouter router = onLink();
    try (router) {
      assertEquals(1_000_000, router.last().desiredMinTxMicros(), "slow while down");
      assertEquals(0, router.last().requiredMinEchoRxMicros(), "no echo");
      router.bringUp();
      await(() -> router.last().has(BfdPacket.POLL));
      assertEquals(300_000, router.last().desiredMinTxMicros());
      router.send(router.packet(SessionState.UP, BfdPacket.FINAL));
      router.apply(
          SessionTimers.forRouter(Duration.ofMillis(200), Duration.ofMillis(250), 10),
          Optional.empty());
      await(
          () ->
              router.last().has(BfdPacket.POLL)
                  && router.last().desiredMinTxMicros() == 200_000
                  && router.last().requiredMinRxMicros() == 250_000);
      router.send(router.packet(SessionState.UP, BfdPacket.FINAL));
      Map<RouterPath, RouterSessions.Agreed> agreed = new ConcurrentHashMap<>();
      await(
          () -> {
            router.sessions.look(agreed::putAll);
            return new RouterSessions.Agreed(
                    Duration.ofMillis(200), Duration.ofMillis(12_500), SessionState.UP)
                .equals(agreed.get(router.path));
          });
      assertEquals(SessionState.UP, router.state());
      assertTrue(router.sourcePorts.stream().allMatch(port -> port >= 49_152));
      assertEquals(1, router.sourcePorts.stream().distinct().count());
    }
    assertEquals(SessionState.ADMIN_DOWN, router.last().state());
    assertEquals(List.of(), router.lost, "we have shut it ourselves");
  }

  /// RFC 5880 section 6.8.7. How far, is judged without a wire: when packets arrive says little of
  /// that where others want the processor, too.
  @Test
  void theDistancesOfPacketsAreSpread() throws Exception {
    Duration pace = Duration.ofMillis(100);
    try (RawRouter router = onLink()) {
      router.apply(SessionTimers.forRouter(pace, pace, 10), Optional.empty());
      try (RouterEnd.Beat _ = router.beating()) {
        await(() -> router.heardState() == SessionState.UP);
        int first = router.heardAt.size();
        await(() -> router.heardAt.size() > first + 30);
        LongSummaryStatistics gaps =
            IntStream.range(first, first + 30)
                .mapToLong(i -> router.heardAt.get(i + 1) - router.heardAt.get(i))
                .summaryStatistics();
        assertTrue(gaps.getMin() < 85_000_000, () -> "no jitter: " + gaps);
        assertTrue(
            gaps.getMax() - gaps.getMin() > 12_000_000, () -> "always the same jitter: " + gaps);
      }
    }
  }

  @Test
  void aRouterThatShutsTheSessionHasNotFailed() throws Exception {
    try (RawRouter router = onLink()) {
      router.bringUp();
      router.send(router.packet(SessionState.ADMIN_DOWN, 0));
      await(() -> router.state() == SessionState.DOWN);
      assertEquals(List.of(), router.lost);
    }
  }

  @Test
  void aPathOfSeveralHopsHasALeastTtl() throws Exception {
    try (RawRouter router = new RawRouter(Hops.MULTIPLE, Optional.empty())) {
      router.send(octets(router.packet(SessionState.DOWN, 0)), 253);
      settle();
      assertEquals(SessionState.DOWN, router.state());
      router.send(octets(router.packet(SessionState.DOWN, 0)), 254);
      await(() -> router.state() == SessionState.INIT);
    }
  }

  @Test
  void case26ShortPacketsAreDroppedAndLongOnesReadToTheirLength() throws Exception {
    try (RawRouter router = onLink()) {
      byte[] good = octets(router.packet(SessionState.DOWN, 0));
      for (int length = 0; length < good.length; length++) {
        router.send(Arrays.copyOf(good, length), 255);
      }
      await(() -> router.drops("too_short") >= good.length - 1);
      assertEquals(SessionState.DOWN, router.state());
      router.send(Arrays.copyOf(good, 1_472), 255);
      await(() -> router.state() == SessionState.INIT);
    }
  }

  @Test
  void case27ImpossibleFieldsAreDroppedAndCountedByReason() throws Exception {
    try (RawRouter router = onLink()) {
      byte[] good = octets(router.packet(SessionState.DOWN, 0));
      for (int version : new int[] {0, 2, 3, 4, 5, 6, 7}) {
        router.send(with(good, 0, version << 5), 255);
      }
      router.send(with(good, 2, 0), 255);
      router.send(with(good, 1, good[1] | 0x01), 255);
      router.send(with(good, 1, good[1] | 0x30), 255);
      router.send(with(with(good, 7, 0), 4, 0), 255);
      await(() -> router.drops("wrong_version") == 7);
      for (String reason :
          List.of("zero_multiplier", "multipoint", "poll_and_final", "zero_my_discriminator")) {
        await(() -> router.drops(reason) == 1);
      }
      assertEquals(SessionState.DOWN, router.state());
    }
  }

  private static byte[] with(byte[] octets, int at, int value) {
    byte[] changed = octets.clone();
    changed[at] = (byte) value;
    return changed;
  }

  @Test
  void case28GuessedDiscriminatorsChangeNothing() throws Exception {
    try (RawRouter router = onLink()) {
      router.bringUp();
      long seed = new Random().nextLong();
      Random random = new Random(seed);
      for (int i = 0; i < 200; i++) {
        byte[] guess = octets(router.packet(SessionState.INIT, 0));
        guess[1] = (byte) (DOWN << 6);
        ByteBuffer.wrap(guess).putInt(8, 1 + random.nextInt(Integer.MAX_VALUE - 1));
        router.send(guess, 255);
      }
      await(() -> router.drops("unknown_discriminator") >= 199);
      byte[] right = octets(router.packet(SessionState.INIT, 0));
      right[1] = (byte) (DOWN << 6);
      router.sendFromElsewhere(right);
      settle();
      assertEquals(0, router.drops("unknown_source"), "the kernel knows who may send");
      assertEquals(SessionState.UP, router.state(), "seed " + seed);
    }
  }

  @Test
  void case29APacketFromBehindARouterChangesNothing() throws Exception {
    try (RawRouter router = onLink()) {
      router.bringUp();
      byte[] down = octets(router.packet(SessionState.INIT, 0));
      down[1] = (byte) (DOWN << 6);
      router.send(down, 254);
      settle();
      assertEquals(SessionState.UP, router.state());
      assertEquals(List.of(), router.lost);
    }
  }

  @Test
  void case30ExtremeIntervalsAreCalculatedWith() throws Exception {
    try (RawRouter router = onLink()) {
      router.bringUp();
      Map<RouterPath, RouterSessions.Agreed> agreed = new ConcurrentHashMap<>();
      long most = 0xFFFF_FFFFL;
      router.send(router.packet(SessionState.UP, 0, most, most));
      await(
          () -> {
            router.sessions.look(agreed::putAll);
            return new RouterSessions.Agreed(
                    Duration.ofNanos(most * 1_000), Duration.ofMinutes(10), SessionState.UP)
                .equals(agreed.get(router.path));
          });
      router.send(router.packet(SessionState.UP, 0, 0, 0));
      settle();
      int before = router.heard.size();
      TimeUnit.MILLISECONDS.sleep(1_000);
      assertTrue(router.heard.size() <= before + 1, "asked for silence");
      router.send(router.packet(SessionState.UP, BfdPacket.POLL, 0, 0));
      await(() -> router.last().has(BfdPacket.FINAL));
      assertEquals(SessionState.UP, router.state());
    }
  }

  @Test
  void case31EachFallIsTold() throws Exception {
    try (RawRouter router = onLink()) {
      for (int i = 1; i <= 20; i++) {
        router.bringUp();
        byte[] down = octets(router.packet(SessionState.INIT, 0));
        down[1] = (byte) (DOWN << 6);
        router.send(down, 255);
        int falls = i;
        await(() -> router.lost.size() == falls);
      }
    }
  }

  @Test
  void case32ReplayedAndDistantSequenceNumbersAreDroppedUntilSilence() throws Exception {
    try (RawRouter router = new RawRouter(Hops.SINGLE, Optional.of(KEYS))) {
      BfdSession signer =
          new BfdSession(RawRouter.TIMERS, Role.ACTIVE, 99, KEYS, new Random(1), Instant.EPOCH);
      // A peer that detection is quick with: 2 x 300 ms.
      BfdPacket down =
          new BfdPacket(
              0, SessionState.DOWN, BfdPacket.AUTHENTICATED, 2, 99, 0, 100_000, 100_000, 0);
      byte[] first = signed(signer, down);
      router.send(first, 255);
      await(() -> router.state() == SessionState.INIT);
      router.send(first, 255);
      await(() -> router.drops("authentication_sequence") == 1);
      for (int i = 0; i < 7; i++) {
        byte[] unused = signed(signer, down);
        assertEquals(52, unused.length);
      }
      byte[] distant = signed(signer, down);
      router.send(distant, 255);
      await(() -> router.drops("authentication_sequence") == 2);
      await(() -> router.state() == SessionState.DOWN);
      TimeUnit.MILLISECONDS.sleep(1_300);
      router.send(distant, 255);
      await(() -> router.state() == SessionState.INIT);
    }
  }

  private static byte[] signed(BfdSession signer, BfdPacket packet) {
    ByteBuffer out = ByteBuffer.allocate(BfdCodec.MAX_OCTETS);
    signer.encode(packet, out);
    return Arrays.copyOf(out.array(), out.position());
  }
}
