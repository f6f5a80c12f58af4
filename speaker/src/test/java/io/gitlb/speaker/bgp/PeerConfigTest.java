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
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeerConfigTest {

  private static final PeerConfig PEER =
      Script.config("local=64513 remote=64512 hold=90 connect=5");

  @Test
  void onlyAnotherConnectTimeKeepsTheSession() {
    assertTrue(PEER.keepsSessionOf(PEER));
    assertTrue(PEER.keepsSessionOf(Script.config("hold=90 connect=60")));
    assertFalse(PEER.keepsSessionOf(Script.config("hold=30 connect=5")));
    assertFalse(PEER.keepsSessionOf(Script.config("hold=90 connect=5 keepalive=1")));
    assertFalse(PEER.keepsSessionOf(Script.config("hold=90 connect=5 remote=64514")));
    assertFalse(PEER.keepsSessionOf(Script.config("hold=90 connect=5 peer=192.0.2.2")));
    assertFalse(PEER.keepsSessionOf(PEER.withGracefulRestart(Duration.ofSeconds(5))));
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
