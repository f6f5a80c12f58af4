// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What people are told when nobody can be reached where a peer is to be.
final class FarAwayTest {

  private static final IpAddress BEHIND = IpAddress.of("127.0.0.9");

  /// No interface has a network with that one router in it.
  private static final NodeLinks LINKS =
      new NodeLinks() {
        @Override
        public List<IpAddress> beside(IpAddress own, Optional<String> interfaceName) {
          return List.of();
        }

        @Override
        public boolean leadTo(IpAddress address) {
          return !address.equals(BEHIND);
        }
      };

  @RegisterExtension final SpeakerFixture fixture = new SpeakerFixture(LINKS);

  @Test
  void aRouterBehindAnotherOneThatIsToBeOnTheLinkIsHintedAt() throws IOException {
    String hinted = error(external(BEHIND, Hops.SINGLE));
    assertTrue(
        hinted.contains(
            "; 127.0.0.9 is in no network of this node's interfaces: a router behind another one"
                + " needs ebgpMultiHop: true"),
        hinted);
    assertTrue(hinted.startsWith("Connection refused"), hinted);
  }

  @Test
  void whoeverCanBeReachedAsFarAsIsKnownIsNot() throws IOException {
    for (PeerConfig config :
        List.of(
            external(IpAddress.of("127.0.0.8"), Hops.SINGLE),
            external(BEHIND, Hops.MULTIPLE),
            internal(BEHIND))) {
      String plain = error(config);
      assertFalse(plain.contains("ebgpMultiHop"), plain);
    }
  }

  /// A socket of the JDK sends with TTL 64, which our kernel drops.
  @Test
  void aPeerWithoutTtlSecurityIsHintedAt() throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.8");
    try (ServerSocket plain = new ServerSocket(0, 1, loopback)) {
      String hinted =
          error(
              SpeakerFixture.config(
                  "guarded",
                  new Transport(
                          IpAddress.of("127.0.0.8"),
                          plain.getLocalPort(),
                          Optional.empty(),
                          Hops.SINGLE)
                      .withTtlSecurity(1)));
      assertEquals(
          "no answer to the connection; ttlSecurity: 1 drops what comes from further away, and all"
              + " of a peer without it (in Connect)",
          hinted);
    }
  }

  private String error(PeerConfig config) {
    fixture.peer(config);
    return fixture
        .await(config.name().value(), status -> status.lastError().isPresent())
        .lastError()
        .orElseThrow()
        .failure()
        .describe();
  }

  private static PeerConfig external(IpAddress address, Hops hops) throws IOException {
    return SpeakerFixture.config(
        hops == Hops.SINGLE ? "near-" + address.toBytes()[3] : "far",
        new Transport(address, SpeakerFixture.freePort(), Optional.empty(), hops));
  }

  private static PeerConfig internal(IpAddress address) throws IOException {
    return PeerConfig.of(
        SpeakerFixture.name("internal"),
        SpeakerFixture.LOCAL,
        new RemoteAs.Internal(),
        new Transport(address, SpeakerFixture.freePort(), Optional.empty(), Hops.SINGLE));
  }
}
