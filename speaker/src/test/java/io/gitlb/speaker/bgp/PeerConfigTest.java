// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeerConfigTest {

  private static final PeerConfig PEER =
      Script.config("local=64513 remote=64512 hold=90 connect=5");

  @Test
  void onlyTimesThatThePeerIsNotToldOfKeepTheSession() {
    assertTrue(PEER.keepsSessionOf(PEER));
    assertTrue(PEER.keepsSessionOf(Script.config("hold=90 connect=60")));
    assertFalse(PEER.keepsSessionOf(Script.config("hold=30 connect=5")));
    assertTrue(PEER.keepsSessionOf(Script.config("hold=90 connect=5 keepalive=1")));
    SessionTimes patient =
        new SessionTimes(
            Duration.ofSeconds(90),
            Optional.empty(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Optional.of(Duration.ofMinutes(4)));
    assertTrue(PEER.keepsSessionOf(PEER.withTimes(patient)));
    assertTrue(PEER.keepsSessionOf(PEER.withName(new PeerName("leaf-1"))));
    assertFalse(PEER.keepsSessionOf(Script.config("hold=90 connect=5 remote=64514")));
    assertFalse(PEER.keepsSessionOf(Script.config("hold=90 connect=5 peer=192.0.2.2")));
    assertFalse(PEER.keepsSessionOf(PEER.withGracefulRestart(Duration.ofSeconds(5))));
    Transport transport = PEER.transport();
    assertFalse(keeps(transport.withInitiative(Transport.Initiative.PASSIVE)));
    assertFalse(keeps(transport.withDevice("eth0")));
    assertFalse(keeps(transport.withTtlSecurity(1)));
    assertFalse(keeps(transport.withKey(key("s3cr3t"))));
    PeerConfig signed = PEER.withTransport(transport.withKey(key("s3cr3t")));
    assertTrue(signed.keepsSessionOf(PEER.withTransport(transport.withKey(key("s3cr3t")))));
    assertFalse(signed.keepsSessionOf(PEER.withTransport(transport.withKey(key("S3cr3t")))));
    assertFalse(signed.toString().contains("s3cr3t"), signed::toString);
  }

  private static boolean keeps(Transport transport) {
    return PEER.keepsSessionOf(PEER.withTransport(transport));
  }

  private static Password key(String text) {
    return Password.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// RFC 5082; a router that is not asked for TTL security gets 1 from its neighbour, 255 from
  /// afar.
  @Test
  void theTtlFollowsFromWhereThePeerIs() {
    Transport near = Transport.to(IpAddress.of("192.0.2.1"));
    Transport far = new Transport(near.peerAddress(), 179, Optional.empty(), Hops.MULTIPLE);

    assertEquals(1, near.ttl(SessionKind.EBGP));
    assertEquals(255, near.ttl(SessionKind.IBGP));
    assertEquals(255, far.ttl(SessionKind.EBGP));
    assertEquals(255, near.withTtlSecurity(1).ttl(SessionKind.EBGP));
    assertEquals(1, near.minimumTtl());
    assertEquals(255, near.withTtlSecurity(1).minimumTtl());
    assertEquals(2, near.withTtlSecurity(254).minimumTtl());
  }

  @Test
  void impossibleValuesAreRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThrows(IllegalArgumentException.class, () -> times(Duration.ofSeconds(2)));
    assertThrows(IllegalArgumentException.class, () -> times(Duration.ofMillis(3_500)));
    assertThrows(IllegalArgumentException.class, () -> times(Duration.ofSeconds(65_536)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SessionTimes(Duration.ZERO, Optional.of(Duration.ZERO), second));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SessionTimes(Duration.ZERO, Optional.empty(), Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> PEER.withFamilies(Set.of()));
    assertThrows(IllegalArgumentException.class, () -> PEER.withRouterId(new Ipv4(0)));
    assertThrows(
        IllegalArgumentException.class, () -> PEER.withGracefulRestart(Duration.ofSeconds(4_096)));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Transport(
                IpAddress.of("192.0.2.1"),
                179,
                Optional.of(IpAddress.of("2001:db8::1")),
                Hops.SINGLE));
    Transport transport = PEER.transport();
    assertThrows(IllegalArgumentException.class, () -> transport.withTtlSecurity(0));
    assertThrows(IllegalArgumentException.class, () -> transport.withTtlSecurity(255));
    assertThrows(IllegalArgumentException.class, () -> transport.withDevice("x".repeat(16)));
    assertThrows(IllegalArgumentException.class, () -> Password.of(new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> Password.of(new byte[81]));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new SessionTimes(
                Duration.ofSeconds(9), Optional.empty(), second, second, Optional.of(second)));
    assertThrows(IllegalArgumentException.class, () -> new Jitter(0.5));
    assertThrows(IllegalArgumentException.class, () -> new Jitter(Double.NaN));
  }

  private static SessionTimes times(Duration holdTime) {
    return new SessionTimes(holdTime, Optional.empty(), Duration.ofSeconds(5));
  }

  /// RFC 6286: any number but zero, the same after each restart.
  @Test
  void aNodeHasARouterIdOfItsOwn() {
    assertEquals(RouterId.ofNode(new NodeName("node-1")), RouterId.ofNode(new NodeName("node-1")));
    assertNotEquals(
        RouterId.ofNode(new NodeName("node-1")), RouterId.ofNode(new NodeName("node-2")));
    for (int i = 0; i < 10_000; i++) {
      assertNotEquals(0, RouterId.ofNode(new NodeName("node-" + i)).bits());
    }
  }
}
