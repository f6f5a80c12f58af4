// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BfdSessionTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int OURS = 1;
  private static final int THEIRS = 2;

  private final RandomGenerator chance =
      RandomGeneratorFactory.of("L64X128MixRandom").create(5_880);

  // RFC 5880 section 6.8.6: what we are, what we hear, what we become.
  @ParameterizedTest
  @CsvSource({
    "DOWN, ADMIN_DOWN, DOWN",
    "DOWN, DOWN, INIT",
    "DOWN, INIT, UP",
    "DOWN, UP, DOWN",
    "INIT, ADMIN_DOWN, DOWN",
    "INIT, DOWN, INIT",
    "INIT, INIT, UP",
    "INIT, UP, UP",
    "UP, ADMIN_DOWN, DOWN",
    "UP, DOWN, DOWN",
    "UP, INIT, UP",
    "UP, UP, UP",
    "ADMIN_DOWN, ADMIN_DOWN, ADMIN_DOWN",
    "ADMIN_DOWN, DOWN, ADMIN_DOWN",
    "ADMIN_DOWN, INIT, ADMIN_DOWN",
    "ADMIN_DOWN, UP, ADMIN_DOWN"
  })
  void everyStateHearsEveryState(SessionState was, SessionState told, SessionState becomes) {
    BfdSession session = in(was);
    session.receive(told(told, 0), NOTHING, START);
    assertEquals(becomes, session.state());
    if (becomes == SessionState.DOWN && was != SessionState.DOWN) {
      assertEquals(Diagnostic.NEIGHBOR_SIGNALED_DOWN, session.diagnostic());
    }
  }

  @Test
  void silenceOfTheDetectionTimeEndsTheSession() {
    BfdSession session = in(SessionState.UP);
    Instant deadline = START.plusMillis(300);
    assertEquals(List.of(), session.detect(deadline.minusNanos(1)));
    assertFalse(session.detect(deadline).isEmpty());
    assertEquals(SessionState.DOWN, session.state());
    assertEquals(Diagnostic.DETECTION_TIME_EXPIRED, session.diagnostic());
  }

  @ParameterizedTest
  @CsvSource({"3, 75, 100", "1, 75, 90"})
  void gapsAreSpreadAsTheStandardAsks(int multiplier, int least, int most) {
    Duration pace = Duration.ofMillis(100);
    BfdSession session = session(new SessionTimers(pace, pace, multiplier, pace));
    session.transmit(START);
    Instant last = START;
    double sum = 0;
    for (int i = 0; i < 2_000; i++) {
      Instant due = session.nextDue().orElseThrow();
      double millis = Duration.between(last, due).toNanos() / 1e6;
      assertTrue(millis >= least - 0.001 && millis <= most + 0.001, "gap " + millis);
      assertEquals(1, session.transmit(due).size());
      sum += millis;
      last = due;
    }
    assertEquals((least + most) / 2.0, sum / 2_000, 0.6);
  }

  @Test
  void pollIsAnsweredAtOnceEvenWhenDown() {
    BfdSession session = in(SessionState.DOWN);
    Reception taken = session.receive(told(SessionState.UP, BfdPacket.POLL), NOTHING, START);
    assertTrue(sent(taken).getFirst().has(BfdPacket.FINAL));
    assertFalse(sent(taken).getFirst().has(BfdPacket.POLL));
  }

  @Test
  void aSlowerPaceWaitsForTheFinal() {
    BfdSession session = in(SessionState.UP);
    session.transmit(START);
    Duration slow = Duration.ofSeconds(1);
    session.change(new SessionTimers(slow, Duration.ofMillis(100), 3, slow));
    assertTrue(session.nextDue().orElseThrow().isBefore(START.plusMillis(101)));
    assertTrue(packets(session.transmit(START.plusMillis(101))).getFirst().has(BfdPacket.POLL));
    session.receive(told(SessionState.UP, BfdPacket.FINAL), NOTHING, START.plusMillis(110));
    assertEquals(List.of(), session.transmit(START.plusMillis(700)));
    assertFalse(packets(session.transmit(START.plusMillis(1_200))).getFirst().has(BfdPacket.POLL));
  }

  @Test
  void aFasterDemandWaitsForTheFinal() {
    BfdSession session = in(SessionState.UP);
    Duration pace = Duration.ofMillis(100);
    session.change(new SessionTimers(pace, Duration.ofMillis(500), 3, pace));
    assertEquals(Duration.ofMillis(1_500), session.detectionTime());
    session.receive(told(SessionState.UP, BfdPacket.FINAL), NOTHING, START);
    session.change(new SessionTimers(pace, pace, 3, pace));
    assertEquals(Duration.ofMillis(1_500), session.detectionTime());
    session.receive(told(SessionState.UP, BfdPacket.FINAL), NOTHING, START);
    assertEquals(Duration.ofMillis(300), session.detectionTime());
  }

  @Test
  void aRoutersSessionIsSlowWhileDownAndPollsWhenUp() {
    Duration pace = Duration.ofMillis(50);
    BfdSession session = session(SessionTimers.forRouter(pace, pace, 3));
    assertEquals(1_000_000, packets(session.transmit(START)).getFirst().desiredMinTxMicros());
    BfdPacket first = sent(session.receive(told(SessionState.INIT, 0), NOTHING, START)).getFirst();
    assertEquals(50_000, first.desiredMinTxMicros());
    assertTrue(first.has(BfdPacket.POLL));
  }

  @Test
  void thePassiveSideIsSilentUntilItHears() {
    BfdSession session =
        new BfdSession(SessionTimers.LIVENESS, Role.PASSIVE, OURS, null, chance, START);
    assertEquals(Optional.empty(), session.nextDue());
    assertFalse(sent(session.receive(told(SessionState.DOWN, 0), NOTHING, START)).isEmpty());
  }

  @Test
  void thePassiveSideIsSilentAgainAfterAFailure() {
    BfdSession session =
        new BfdSession(SessionTimers.LIVENESS, Role.PASSIVE, OURS, null, chance, START);
    session.receive(told(SessionState.INIT, 0), NOTHING, START);
    assertEquals(SessionState.UP, session.state());
    assertEquals(List.of(), packets(session.detect(START.plusMillis(300))));
    assertEquals(SessionState.DOWN, session.state());
    assertEquals(Optional.empty(), session.nextDue());
  }

  @Test
  void nothingIsSentUnaskedWhileThePeerDemandsSo() {
    BfdSession session = in(SessionState.UP);
    session.receive(told(SessionState.UP, BfdPacket.DEMAND), NOTHING, START);
    assertEquals(List.of(), session.transmit(START.plusMillis(299)));
    Duration slow = Duration.ofMillis(200);
    session.change(new SessionTimers(slow, slow, 3, slow));
    assertTrue(packets(session.transmit(START.plusMillis(299))).getFirst().has(BfdPacket.POLL));
    session.receive(told(SessionState.UP, BfdPacket.FINAL), NOTHING, START.plusMillis(299));
    assertFalse(packets(session.transmit(START.plusMillis(600))).isEmpty(), "D is gone");
  }

  @Test
  void aChangeDuringAPollHasAPollOfItsOwnAfterAPacketWithoutFinal() {
    BfdSession session = in(SessionState.UP);
    Duration pace = Duration.ofMillis(100);
    session.change(new SessionTimers(pace, Duration.ofMillis(500), 3, pace));
    session.change(new SessionTimers(pace, Duration.ofMillis(200), 3, pace));
    session.receive(told(SessionState.UP, BfdPacket.FINAL), NOTHING, START);
    assertEquals(Duration.ofMillis(1_500), session.detectionTime(), "F of the first poll");
    assertFalse(polls(session, START.plusMillis(100)), "nothing without F has come since");
    session.receive(told(SessionState.UP, 0), NOTHING, START.plusMillis(100));
    assertTrue(polls(session, START.plusMillis(200)));
    session.receive(told(SessionState.UP, BfdPacket.FINAL), NOTHING, START.plusMillis(200));
    assertEquals(Duration.ofMillis(600), session.detectionTime());
    assertFalse(polls(session, START.plusMillis(300)));
  }

  @ParameterizedTest
  @CsvSource({"50, 3, 4", "300, 3, 4", "300, 2, 3", "300, 1, 2"})
  void itsEndIsToldOftenEnoughForALostPacket(int millis, int multiplier, int least) {
    Duration pace = Duration.ofMillis(millis);
    BfdSession session = session(SessionTimers.forRouter(pace, pace, multiplier));
    session.receive(packet(SessionState.INIT, 0, 3, 1_000, 1_000), NOTHING, START);
    session.receive(packet(SessionState.UP, BfdPacket.FINAL, 3, 1_000, 1_000), NOTHING, START);
    Duration detection = session.remoteDetectionTime();
    assertEquals(pace.multipliedBy(multiplier), detection);
    int told = 0;
    List<BfdPacket> packets = packets(session.disable(START));
    for (int i = 0; i <= detection.toMillis(); i++) {
      for (BfdPacket packet : packets) {
        assertEquals(SessionState.ADMIN_DOWN, packet.state());
        assertEquals(1_000_000, packet.desiredMinTxMicros());
        told++;
      }
      packets = packets(session.transmit(START.plusMillis(i)));
    }
    assertTrue(told >= least, told + " packets within " + detection);
  }

  @Test
  void case30SillyIntervalsAreCountedInLongsAndCapped() {
    BfdSession session = in(SessionState.UP);
    session.receive(packet(SessionState.UP, 0, 255, 0xFFFF_FFFFL, 0), NOTHING, START);
    assertEquals(Duration.ofMinutes(10), session.detectionTime());
    assertEquals(List.of(), session.transmit(START.plusSeconds(60)), "required RX 0: silence");
    session.receive(packet(SessionState.UP, 0, 3, 0, 0xFFFF_FFFFL), NOTHING, START);
    assertEquals(Duration.ofMillis(300), session.detectionTime());
    assertEquals(List.of(), session.transmit(START.plusSeconds(1_000)));
  }

  @Test
  void case31AStateThatFlipsEachPacketIsHandledEachTime() {
    BfdSession session = in(SessionState.UP);
    for (int i = 0; i < 1_000; i++) {
      session.receive(told(SessionState.DOWN, 0), NOTHING, START);
      assertEquals(SessionState.DOWN, session.state());
      session.receive(told(SessionState.INIT, 0), NOTHING, START);
      assertEquals(SessionState.UP, session.state());
    }
  }

  @Test
  void case28GuessedDiscriminatorsFindNothing() {
    Discriminators<String> known = new Discriminators<>(chance);
    int drawn = known.draw();
    known.put(drawn, "one");
    for (int guess = 1; guess < 100_000; guess++) {
      assertEquals(guess == drawn, known.find(guess).isPresent());
    }
  }

  @Test
  void authenticationMustBeAsConfigured() {
    BfdSession open = in(SessionState.UP);
    assertEquals(
        new Reception.Dropped(DropReason.AUTHENTICATION_UNEXPECTED),
        open.receive(told(SessionState.DOWN, BfdPacket.AUTHENTICATED), NOTHING, START));
    BfdSession closed =
        new BfdSession(SessionTimers.LIVENESS, Role.ACTIVE, OURS, secret(), chance, START);
    assertEquals(
        new Reception.Dropped(DropReason.AUTHENTICATION_MISSING),
        closed.receive(told(SessionState.DOWN, 0), NOTHING, START));
  }

  @Test
  void twoMachinesOverAWireComeUpStayUpAndNoticeTheCut() {
    for (int seed = 0; seed < 20 * Integer.getInteger("gitlb.random.rounds", 1); seed++) {
      SimulatedWire wire = new SimulatedWire(seed, secret());
      wire.run(Duration.ofSeconds(1));
      assertTrue(wire.bothUp(), "seed " + seed);
      int changes = wire.changes();
      wire.run(Duration.ofSeconds(30));
      assertEquals(changes, wire.changes(), "flapped on a clean wire, seed " + seed);
      wire.cut();
      wire.run(Duration.ofMillis(311));
      assertTrue(wire.bothDown(), "seed " + seed);
      wire.heal();
      wire.loss(0.3);
      wire.run(Duration.ofSeconds(20));
      wire.loss(0);
      wire.run(Duration.ofSeconds(3));
      assertTrue(wire.bothUp(), "seed " + seed);
    }
  }

  private static boolean polls(BfdSession session, Instant now) {
    return packets(session.transmit(now)).getFirst().has(BfdPacket.POLL);
  }

  private static Authentication secret() {
    return new Authentication(
        AuthenticationType.METICULOUS_SHA1, List.of(new AuthenticationKey(1, new byte[20])));
  }

  private BfdSession session(SessionTimers timers) {
    return new BfdSession(timers, Role.ACTIVE, OURS, null, chance, START);
  }

  private BfdSession in(SessionState state) {
    BfdSession session = session(SessionTimers.LIVENESS);
    switch (state) {
      case ADMIN_DOWN -> session.disable(START);
      case DOWN -> session.receive(told(SessionState.ADMIN_DOWN, 0), NOTHING, START);
      case INIT -> session.receive(told(SessionState.DOWN, 0), NOTHING, START);
      case UP -> session.receive(told(SessionState.INIT, 0), NOTHING, START);
    }
    assertEquals(state, session.state());
    return session;
  }

  private static BfdPacket told(SessionState state, int flags) {
    return packet(state, flags, 3, 100_000, 100_000);
  }

  private static BfdPacket packet(SessionState state, int flags, int mult, long tx, long rx) {
    return new BfdPacket(0, state, flags, mult, THEIRS, OURS, tx, rx, 0);
  }

  private static List<BfdPacket> sent(Reception reception) {
    return reception instanceof Reception.Taken(List<Action> actions)
        ? packets(actions)
        : List.of();
  }

  private static List<BfdPacket> packets(List<Action> actions) {
    List<BfdPacket> packets = new ArrayList<>();
    for (Action action : actions) {
      if (action instanceof Action.Send(BfdPacket packet)) {
        packets.add(packet);
      }
    }
    return packets;
  }
}
