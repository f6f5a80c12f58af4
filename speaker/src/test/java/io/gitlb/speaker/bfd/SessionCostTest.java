// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.gitlb.speaker.LiveHeap;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Two signed sessions that talk to each other for most of an hour, sending and receiving, with
/// another pace and so a Poll each few seconds: the last minutes cost what the first did, and
/// nothing stays.
final class SessionCostTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int SPELLS = 4;

  /// Changes of pace in a spell, and the time between two.
  private static final int CHANGES = 100;

  private static final Duration BETWEEN = Duration.ofSeconds(6);

  /// A spell has about 12,000 packets each way.
  private static final long OCTETS_KEPT = 24_000;

  private static final SessionTimers SLOWER =
      new SessionTimers(Duration.ofMillis(150), Duration.ofMillis(150), 3, Duration.ofMillis(150));

  @Test
  void aLongSessionCostsNoMoreThanAShortOne() {
    SimulatedWire wire =
        new SimulatedWire(1, AuthenticatorTest.keys(AuthenticationType.METICULOUS_SHA1, 1));
    talk(wire);
    int changes = wire.changes();
    long least = Long.MAX_VALUE;
    List<Long> allocated = new ArrayList<>();
    for (int spell = 0; spell < SPELLS; spell++) {
      long heap = LiveHeap.octets();
      long before = THREADS.getCurrentThreadAllocatedBytes();
      talk(wire);
      allocated.add(THREADS.getCurrentThreadAllocatedBytes() - before);
      least = Math.min(least, LiveHeap.octets() - heap);
    }

    assertTrue(least < OCTETS_KEPT, "the heap grew by " + least + " octets");
    assertTrue(
        allocated.getLast() < allocated.getFirst() * 11 / 10, () -> "allocated: " + allocated);
    assertTrue(wire.bothUp());
    assertEquals(changes, wire.changes(), "flapped on a clean wire");
  }

  private static void talk(SimulatedWire wire) {
    for (int i = 0; i < CHANGES; i++) {
      wire.pace(i % 2 == 0 ? SLOWER : SessionTimers.LIVENESS);
      wire.run(BETWEEN);
    }
  }
}
