// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Another key at both ends, one after the other.
final class KeyRotationTest {

  private static final AuthenticationType TYPE = AuthenticationType.METICULOUS_SHA1;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final AuthenticationKey OLD = key(7, 1);
  private static final AuthenticationKey NEW = key(8, 101);
  private static final AuthenticationKey OTHER = key(9, 51);
  private static final AuthenticationKey SAME_NUMBER = key(7, 101);

  // Digests computed with another implementation than ours: the packet of AuthenticatorTest.
  private static final String NEW_9 =
      "20c403341122334455667788000186a0000186a000000000"
          + "051c080000000009"
          + "1e5cf618d15c628ed0fd58a8ad2395bb92a99344";
  private static final String SAME_NUMBER_9 =
      "20c403341122334455667788000186a0000186a000000000"
          + "051c070000000009"
          + "cd45ef2b5d8ea93e0c8221c927b14858e74a74f0";

  @Test
  void theOldKeySignsUntilThePeerHasShownTheNewOneAndThenIsNotAcceptedAnyMore() {
    for (AuthenticationKey next : List.of(NEW, SAME_NUMBER)) {
      String golden = next.equals(NEW) ? NEW_9 : SAME_NUMBER_9;
      Authenticator ours = changed(true, next);
      assertEquals(AuthenticatorTest.SHA1, signed(ours));
      assertEquals(Optional.empty(), check(ours, packet(OLD, 8), START.plusSeconds(59)));
      assertEquals(Optional.empty(), check(ours, golden, START.plusSeconds(59)));
      assertEquals(packet(next, 10), signed(ours));
      assertTrue(check(ours, packet(OLD, 10), START.plusSeconds(59)).isPresent(), "still taken");
      assertEquals(Optional.empty(), check(ours, packet(next, 10), START.plusSeconds(59)));
    }
  }

  @Test
  void whereThePeerNeverShowsItTheNewKeySignsAfterAMinuteAndTheOldOneIsRefusedAfterTwo() {
    Authenticator ours = changed(true, NEW);
    ours.pass(START.plus(MINUTE).minusMillis(1));
    assertEquals(AuthenticatorTest.SHA1, signed(ours));
    ours.pass(START.plus(MINUTE));
    assertEquals(packet(NEW, 10), signed(ours));
    Instant end = START.plus(MINUTE.multipliedBy(2));
    assertEquals(Optional.empty(), check(ours, packet(OLD, 8), end.minusMillis(1)));
    assertEquals(packet(NEW, 11), signed(ours), "it has had its minute");
    assertEquals(Optional.of(DropReason.AUTHENTICATION_KEY), check(ours, packet(OLD, 9), end));
  }

  @Test
  void aPeerThatIsNotHeardIsAskedWithTheNewKeyUntilItShowsTheOldOne() {
    Authenticator ours = changed(false, NEW);
    assertEquals(NEW_9, signed(ours));
    assertEquals(Optional.empty(), check(ours, packet(OLD, 8), START));
    assertEquals(packet(OLD, 10), signed(ours));
    ours.silent(START);
    assertEquals(packet(NEW, 11), signed(ours));
  }

  /// As the keys between speakers are changed.
  @Test
  void keysThatContainTheOldOneSayThemselvesWhatIsAccepted() {
    Authenticator ours = new Authenticator(keys(OLD), 9);
    ours.replace(keys(OLD, NEW), true, START, MINUTE);
    assertEquals(AuthenticatorTest.SHA1, signed(ours));
    ours.replace(keys(NEW, OLD), true, START, MINUTE);
    assertEquals(packet(NEW, 10), signed(ours));
    ours.replace(keys(NEW), true, START, MINUTE);
    assertEquals(Optional.of(DropReason.AUTHENTICATION_KEY), check(ours, packet(OLD, 8), START));
  }

  @Test
  void aReplayedNumberIsRefusedUnderEitherKey() {
    Authenticator ours = changed(true, NEW);
    assertEquals(Optional.empty(), check(ours, packet(OLD, 9), START));
    for (AuthenticationKey key : List.of(OLD, NEW)) {
      assertEquals(
          Optional.of(DropReason.AUTHENTICATION_SEQUENCE), check(ours, packet(key, 9), START));
    }
  }

  /// In either order: one end has no overlap and is the second, or both have it.
  @ParameterizedTest
  @CsvSource({"0, false", "1, false", "0, true", "1, true"})
  void aRotationWithinAMinuteEndsNoSession(int first, boolean isSecondAbrupt) {
    for (int seed = 0; seed < 2 * Integer.getInteger("gitlb.random.rounds", 1); seed++) {
      for (int gap : List.of(0, 1, 30, 59)) {
        for (AuthenticationKey next : List.of(NEW, SAME_NUMBER)) {
          SimulatedWire wire = up(seed);
          int changes = wire.changes();
          wire.replace(first, keys(next));
          wire.run(Duration.ofSeconds(gap));
          if (isSecondAbrupt) {
            replaceAbruptly(wire, 1 - first, next);
          } else {
            wire.replace(1 - first, keys(next));
          }
          wire.run(Duration.ofSeconds(62));
          assertEquals(changes, wire.changes(), "after %d s, seed %d".formatted(gap, seed));
        }
      }
    }
  }

  /// As a router without an overlap does: by way of a key that nobody else has.
  private static void replaceAbruptly(SimulatedWire wire, int end, AuthenticationKey next) {
    List.of(
            keys(OLD, OTHER),
            keys(OTHER, OLD),
            keys(OTHER),
            keys(OTHER, next),
            keys(next, OTHER),
            keys(next))
        .forEach(keys -> wire.replace(end, keys));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aKeyThatOneEndNeverGetsEndsTheSession(int first) {
    SimulatedWire wire = up(1);
    wire.replace(first, keys(NEW));
    wire.run(Duration.ofSeconds(59));
    assertTrue(wire.bothUp());
    wire.run(Duration.ofSeconds(3));
    assertTrue(wire.bothDown(), "the old key is good for ever");
    wire.replace(1 - first, keys(NEW));
    wire.run(Duration.ofSeconds(3));
    assertTrue(wire.bothUp(), "does not come back");
  }

  /// However long the pauses are that the peer has announced.
  @Test
  void aSlowPeerHasFiveMinutes() {
    SimulatedWire wire = up(1);
    Duration slow = Duration.ofSeconds(10);
    wire.pace(SessionTimers.forRouter(slow, slow, 10));
    wire.run(Duration.ofMinutes(1));
    wire.replace(0, keys(NEW));
    wire.run(Duration.ofMinutes(5).minusSeconds(1));
    assertTrue(wire.bothUp());
    wire.run(Duration.ofMinutes(2));
    assertTrue(wire.bothDown(), "the old key still signs");
  }

  private static SimulatedWire up(long seed) {
    SimulatedWire wire = new SimulatedWire(seed, keys(OLD));
    wire.run(Duration.ofSeconds(1));
    assertTrue(wire.bothUp(), "seed " + seed);
    return wire;
  }

  /// @param isHeard whether the peer is
  private static Authenticator changed(boolean isHeard, AuthenticationKey next) {
    Authenticator authenticator = new Authenticator(keys(OLD), 9);
    authenticator.replace(keys(next), isHeard, START, MINUTE);
    return authenticator;
  }

  private static String packet(AuthenticationKey key, int sequence) {
    return signed(new Authenticator(keys(key), sequence));
  }

  private static String signed(Authenticator authenticator) {
    return HexFormat.of().formatHex(AuthenticatorTest.signed(authenticator));
  }

  private static Optional<DropReason> check(
      Authenticator authenticator, String packet, Instant now) {
    authenticator.pass(now);
    return authenticator.check(ByteBuffer.wrap(HexFormat.of().parseHex(packet)), 3, now);
  }

  private static Authentication keys(AuthenticationKey... keys) {
    return new Authentication(TYPE, Arrays.asList(keys));
  }

  private static AuthenticationKey key(int id, int firstOctet) {
    byte[] secret = new byte[TYPE.digestOctets()];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) (firstOctet + i);
    }
    return new AuthenticationKey(id, secret);
  }
}
