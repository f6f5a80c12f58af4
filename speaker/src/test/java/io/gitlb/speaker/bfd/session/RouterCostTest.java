// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static io.gitlb.speaker.bfd.session.RawRouter.await;
import static io.gitlb.speaker.bfd.session.RawRouter.octets;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.gitlb.schema.value.Hops;
import io.gitlb.speaker.LiveHeap;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.AuthenticationKey;
import io.gitlb.speaker.bfd.AuthenticationType;
import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdPacket;
import io.gitlb.speaker.bfd.BfdSession;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionState;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What packets cost the thread of the sessions, in octets that it allocates and that stay.
final class RouterCostTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// RFC 5880 section 4.1: the state Down.
  private static final int DOWN = 1;

  private static final int BATCH = 5_000;

  /// What reading one packet off a socket may take. Netty's part is half of it: the sender's
  /// address, the datagram and its slice of the buffer.
  private static final long OCTETS_A_PACKET = 400;

  /// Of as many the least counts, as the rounds of the sessions go on meanwhile.
  private static final int BATCHES = 3;

  private static final int SPELLS = 3;
  private static final int POLLS = 1_000;

  /// Hardly more than a reference to each packet.
  private static final long OCTETS_KEPT = 8L * POLLS;

  private static final Authentication KEYS =
      new Authentication(
          AuthenticationType.METICULOUS_SHA1, List.of(new AuthenticationKey(1, new byte[20])));

  /// Of the loop that was started last.
  private static long sessionThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("bfd-routers-\\d+-\\d+"))
        .max(Comparator.comparingLong(Thread::threadId))
        .orElseThrow()
        .threadId();
  }

  /// Each is looked up once and forgotten: the same for the first thousands and for the next ones.
  @Test
  void case28GuessesCostTheSameHoweverManyThereAre() throws Exception {
    try (RawRouter router = new RawRouter(Hops.SINGLE, Optional.empty())) {
      router.bringUp();
      guess(router, new Random(1));
      long first = leastOfGuesses(router, new Random(2));
      long last = leastOfGuesses(router, new Random(3));

      assertTrue(first < OCTETS_A_PACKET, first + " octets a packet");
      assertTrue(last < first + first / 4, first + " octets a packet, then " + last);
      assertEquals(SessionState.UP, router.state());
      assertEquals(List.of(), router.lost);
    }
  }

  private static long leastOfGuesses(RawRouter router, Random random) throws Exception {
    long least = Long.MAX_VALUE;
    for (int batch = 0; batch < BATCHES; batch++) {
      least = Math.min(least, guess(router, random));
    }
    return least;
  }

  /// @return octets that the sessions' thread has allocated for each packet that it saw
  private static long guess(RawRouter router, Random random) throws Exception {
    List<byte[]> guesses = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      byte[] guess = octets(router.packet(SessionState.INIT, 0));
      guess[1] = (byte) (DOWN << 6);
      ByteBuffer.wrap(guess).putInt(8, 1 + random.nextInt(Integer.MAX_VALUE - 1));
      guesses.add(guess);
    }
    long seenBefore = router.drops("unknown_discriminator");
    long before = THREADS.getThreadAllocatedBytes(sessionThread());
    router.send(guesses);
    // Some are lost where the kernel has no room.
    await(() -> router.drops("unknown_discriminator") >= seenBefore + BATCH / 2);
    long allocated = THREADS.getThreadAllocatedBytes(sessionThread()) - before;
    return allocated / (router.drops("unknown_discriminator") - seenBefore);
  }

  /// A signed session of any length, each packet a Poll that is answered: nothing of it stays, and
  /// the last packet costs what the first did.
  @Test
  void pollsOfALongSignedSessionLeaveNothingBehind() throws Exception {
    try (RawRouter router = new RawRouter(Hops.SINGLE, Optional.of(KEYS))) {
      BfdSession signer =
          new BfdSession(RawRouter.TIMERS, Role.ACTIVE, 99, KEYS, new Random(1), Instant.EPOCH);
      router.send(signed(signer, router, SessionState.DOWN, 0), 255);
      await(() -> router.state() == SessionState.INIT);
      router.send(signed(signer, router, SessionState.INIT, 0), 255);
      await(() -> router.state() == SessionState.UP);
      poll(router, signer);
      long least = Long.MAX_VALUE;
      List<Long> allocated = new ArrayList<>();
      for (int spell = 0; spell < SPELLS; spell++) {
        long heap = LiveHeap.octets();
        long before = THREADS.getThreadAllocatedBytes(sessionThread());
        poll(router, signer);
        allocated.add(THREADS.getThreadAllocatedBytes(sessionThread()) - before);
        least = Math.min(least, LiveHeap.octets() - heap);
      }

      assertTrue(least < OCTETS_KEPT, "the heap grew by " + least + " octets");
      assertTrue(
          allocated.getLast() < allocated.getFirst() * 5 / 4, () -> "allocated: " + allocated);
      assertEquals(SessionState.UP, router.state());
    }
  }

  private static void poll(RawRouter router, BfdSession signer) throws Exception {
    for (int i = 0; i < POLLS; i++) {
      int before = router.heard.size();
      router.send(signed(signer, router, SessionState.UP, BfdPacket.POLL), 255);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      while (!answeredSince(router, before)) {
        assertTrue(System.nanoTime() < end, "a Poll is not answered");
        LockSupport.parkNanos(50_000);
      }
      router.forget();
    }
  }

  private static boolean answeredSince(RawRouter router, int before) {
    return router.heard.stream().skip(before).anyMatch(packet -> packet.has(BfdPacket.FINAL));
  }

  private static byte[] signed(BfdSession signer, RawRouter router, SessionState state, int flags) {
    ByteBuffer out = ByteBuffer.allocate(BfdCodec.MAX_OCTETS);
    signer.encode(router.packet(state, flags | BfdPacket.AUTHENTICATED), out);
    return Arrays.copyOf(out.array(), out.position());
  }
}
