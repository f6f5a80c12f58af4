// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.RouteStart.Verdict;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RouteStartTest {

  private static final Duration WEEK = Duration.ofDays(7);
  private static final Start YOUNG = new Start.Cold(WEEK.minusNanos(1), Start.Boot.SAME);
  private static final Start YOUNG_BOOT = new Start.Cold(WEEK.minusNanos(1), Start.Boot.OTHER);
  private static final Start OLD = new Start.Cold(WEEK, Start.Boot.SAME);
  private static final Start OLD_BOOT = new Start.Cold(WEEK, Start.Boot.OTHER);
  private static final Instant BEGUN = Instant.EPOCH;
  private static final Instant EARLY = BEGUN.plus(RouteStart.WAIT).minusNanos(1);
  private static final Instant LATE = BEGUN.plus(RouteStart.WAIT);

  private static RouteStart start(Start start) {
    return new RouteStart(start, WEEK, BEGUN);
  }

  private static Verdict judged(Start start, Origin origin, Instant now) {
    return start(start).judge(origin, now);
  }

  @Test
  void aRestartWaitsForNothing() {
    assertEquals(Verdict.OPEN, judged(new Start.Warm(), Origin.DISK, BEGUN));
    assertEquals(Verdict.OPEN, judged(new Start.Warm(), Origin.RECONCILER, BEGUN));
  }

  @Test
  void theFirstStartWaitsForTheServiceProxyAsOneAfterABootDoes() {
    RouteStart start = start(new Start.Fresh());
    assertEquals(Verdict.NO_PROXY, start.judge(Origin.RECONCILER, EARLY));
    start.proxyAnswered();
    assertEquals(Verdict.OPEN, start.judge(Origin.RECONCILER, EARLY));
    assertEquals(Verdict.OPEN, judged(new Start.Fresh(), Origin.RECONCILER, LATE));
    assertEquals(Verdict.OPEN, judged(new Start.Fresh(Start.Boot.SAME), Origin.RECONCILER, BEGUN));
  }

  @Test
  void aYoungStateFromDiskWaits() {
    for (Start start : List.of(YOUNG, YOUNG_BOOT)) {
      assertEquals(Verdict.UNCONFIRMED, judged(start, Origin.DISK, EARLY));
      assertEquals(Verdict.OPEN, judged(start, Origin.DISK, LATE));
    }
  }

  @Test
  void anOldOneWaitsForTheReconciler() {
    for (Start start : List.of(OLD, OLD_BOOT)) {
      assertEquals(Verdict.TOO_OLD, judged(start, Origin.DISK, BEGUN));
      assertEquals(Verdict.TOO_OLD, judged(start, Origin.DISK, LATE.plus(WEEK)));
      assertEquals(Verdict.OPEN, judged(start, Origin.RECONCILER, LATE));
    }
  }

  @Test
  void theReconcilerIsEnoughOnTheSameBoot() {
    assertEquals(Verdict.OPEN, judged(YOUNG, Origin.RECONCILER, BEGUN));
    assertEquals(Verdict.OPEN, judged(OLD, Origin.RECONCILER, BEGUN));
  }

  @Test
  void afterABootTheServiceProxyIsWaitedForToo() {
    RouteStart start = start(OLD_BOOT);
    assertEquals(Verdict.NO_PROXY, start.judge(Origin.RECONCILER, EARLY));
    start.proxyAnswered();
    assertEquals(Verdict.OPEN, start.judge(Origin.RECONCILER, EARLY));

    RouteStart fromDisk = start(YOUNG_BOOT);
    fromDisk.proxyAnswered();
    assertEquals(Verdict.UNCONFIRMED, fromDisk.judge(Origin.DISK, EARLY), "it may be overtaken");
  }

  @Test
  void onceOpenItStaysSo() {
    RouteStart start = start(YOUNG);
    assertEquals(Verdict.OPEN, start.judge(Origin.RECONCILER, BEGUN));
    assertEquals(Verdict.OPEN, start.judge(Origin.DISK, BEGUN));
  }

  @Test
  void aStateFromDiskIsDoubtfulAfterAnAbsence() {
    assertTrue(start(YOUNG).isDoubtful(Origin.DISK));
    assertFalse(start(YOUNG).isDoubtful(Origin.RECONCILER));
    assertFalse(start(new Start.Warm()).isDoubtful(Origin.DISK));
  }
}
