// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.BfdSettings.Signature;
import io.gitlb.schema.protocol.BfdSettings.SignatureKind;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Password;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.AuthenticationKey;
import io.gitlb.speaker.bfd.AuthenticationType;
import io.gitlb.speaker.bfd.session.RouterPath;
import io.gitlb.speaker.bfd.session.RouterTerms;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RouterWishesTest {

  private static final RouterPath PATH =
      new RouterPath(IpAddress.of("192.0.2.1"), "", Optional.empty(), Hops.SINGLE);

  private static final BfdSettings FAST =
      new BfdSettings(
          Duration.ofMillis(50), Duration.ofMillis(50), 3, BfdSettings.Role.ACTIVE, 254);

  private final RouterWishes wishes = new RouterWishes();

  @Test
  void thePaceIsWhatTheProcessCanHold() {
    assertEquals(50, transmitMillis(Duration.ofMillis(100)));
    assertEquals(Optional.empty(), Optional.ofNullable(wishes.remarks().get(PATH)));
    assertEquals(100, transmitMillis(Duration.ofMillis(101)));
    assertEquals(
        Optional.of(
            "sends every 100 ms, not 50 ms: this process was away for 101 ms more than once in ten"
                + " minutes"),
        Optional.ofNullable(wishes.remarks().get(PATH)));
    assertEquals(150, transmitMillis(Duration.ofMillis(300)));
    assertEquals(50, transmitMillis(Duration.ZERO));
    assertEquals(Optional.empty(), Optional.ofNullable(wishes.remarks().get(PATH)));
  }

  private long transmitMillis(Duration pause) {
    RouterTerms terms = terms(FAST, pause).orElseThrow();
    assertEquals(Duration.ofMillis(50), terms.timers().requiredMinRx());
    return terms.timers().desiredMinTx().toMillis();
  }

  /// Never without the key that it should have: a router would take the path for lost, or believe
  /// anybody.
  @Test
  void aPathWithoutItsKeyIsNotWatchedAndOneThatHadItKeepsIt() {
    PeerPassword missing = new PeerPassword.Missing("there is no Secret bfd");
    assertEquals(Optional.empty(), terms(signed(missing), Duration.ZERO));
    assertEquals(
        Optional.of("no key: there is no Secret bfd"),
        Optional.ofNullable(wishes.remarks().get(PATH)));
    PeerPassword given = given("s3cr3t");
    Optional<Authentication> agreed =
        Optional.of(
            new Authentication(
                AuthenticationType.METICULOUS_SHA1,
                List.of(new AuthenticationKey(7, "s3cr3t".getBytes(StandardCharsets.US_ASCII)))));
    RouterTerms terms = terms(signed(given), Duration.ZERO).orElseThrow();
    assertEquals(agreed, terms.authentication());
    assertFalse(terms.toString().contains("s3cr3t"), "the key is shown");
    assertEquals(agreed, terms(signed(missing), Duration.ZERO).orElseThrow().authentication());
    assertEquals(
        agreed, terms(signed(given("x".repeat(21))), Duration.ZERO).orElseThrow().authentication());
    assertEquals(
        Optional.of(
            "no key: it has 21 octets, with this type at most 20; goes on with the one that it had"
                + " last"),
        Optional.ofNullable(wishes.remarks().get(PATH)));
    BfdSettings slower =
        new BfdSettings(
                Duration.ofMillis(300), Duration.ofMillis(300), 5, BfdSettings.Role.PASSIVE, 254)
            .withSignature(new Signature(SignatureKind.METICULOUS_KEYED_SHA1, 7, missing));
    RouterTerms edited = terms(slower, Duration.ZERO).orElseThrow();
    assertEquals(agreed, edited.authentication());
    assertEquals(Duration.ofMillis(300), edited.timers().requiredMinRx(), "takes no other edit");
  }

  private Optional<RouterTerms> terms(BfdSettings settings, Duration pause) {
    SortedMap<RouterPath, BfdSettings> wanted = new TreeMap<>(Map.of(PATH, settings));
    return Optional.ofNullable(wishes.terms(wanted, pause).get(PATH));
  }

  private static BfdSettings signed(PeerPassword key) {
    return FAST.withSignature(new Signature(SignatureKind.METICULOUS_KEYED_SHA1, 7, key));
  }

  private static PeerPassword given(String key) {
    return new PeerPassword.Given(Password.of(key.getBytes(StandardCharsets.US_ASCII)));
  }
}
