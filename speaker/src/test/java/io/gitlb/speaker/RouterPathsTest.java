// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bfd.session.RouterPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class RouterPathsTest {

  private static final Asn OWN = new Asn(64_512);
  private static final RemoteAs OURS = new RemoteAs.Exactly(OWN);
  private static final RemoteAs OTHER = new RemoteAs.Exactly(new Asn(64_513));

  private static final Extras PLAIN =
      Extras.of(IpFamily.IPV4)
          .withBfd(
              Optional.of(
                  new BfdSettings(
                      Duration.ofMillis(300),
                      Duration.ofMillis(300),
                      3,
                      BfdSettings.Role.ACTIVE,
                      254)));

  @Test
  void aRouterOfTheOwnAsIsBehindOthersUnlessALinkLeadsThere() {
    assertEquals(Hops.MULTIPLE, far(peer(OURS, Hops.SINGLE, PLAIN)));
    assertEquals(Hops.SINGLE, near(peer(OURS, Hops.SINGLE, PLAIN)));
    assertEquals(Hops.MULTIPLE, far(peer(RemoteAs.Dynamic.INTERNAL, Hops.SINGLE, PLAIN)));
    assertEquals(Hops.SINGLE, near(peer(RemoteAs.Dynamic.INTERNAL, Hops.SINGLE, PLAIN)));
  }

  @Test
  void aRouterOfAnotherAsIsWhereTheDocumentSays() {
    for (RemoteAs as : List.of(OTHER, RemoteAs.Dynamic.EXTERNAL)) {
      assertEquals(Hops.SINGLE, far(peer(as, Hops.SINGLE, PLAIN)));
      assertEquals(Hops.MULTIPLE, far(peer(as, Hops.MULTIPLE, PLAIN)));
      assertEquals(Hops.MULTIPLE, near(peer(as, Hops.MULTIPLE, PLAIN)));
    }
  }

  @Test
  void ttlSecurityOfOneLinkMeansALink() {
    Extras one = PLAIN.withTtlSecurity(OptionalInt.of(1));
    Extras two = PLAIN.withTtlSecurity(OptionalInt.of(2));
    for (RemoteAs as : List.of(OURS, OTHER)) {
      assertEquals(Hops.SINGLE, far(peer(as, Hops.SINGLE, one)));
      assertEquals(Hops.MULTIPLE, far(peer(as, Hops.SINGLE, two)));
      assertEquals(Hops.SINGLE, near(peer(as, Hops.SINGLE, two)));
    }
  }

  @Test
  void theOtherEndOfAnInterfaceIsOnIt() {
    Extras link = PLAIN.withInterface(Optional.of("eth1"));
    assertEquals(Hops.SINGLE, far(peer(OURS, Hops.SINGLE, link)));
  }

  @Test
  void thePrefixesOfThisMachineAreOnLinks() {
    OwnPrefixes own = OwnPrefixes.read();
    assertTrue(own.contain(IpAddress.of("127.0.3.2")), "loopback's");
    assertTrue(own.contain(IpAddress.of("127.0.0.1")));
    assertFalse(own.contain(IpAddress.of("240.0.0.1")), "reserved");
    assertFalse(own.contain(IpAddress.of("ff0e::1")), "multicast");
  }

  private static Hops far(PeerSettings peer) {
    return only(RouterPaths.of(List.of(peer), _ -> false)).hops();
  }

  private static Hops near(PeerSettings peer) {
    return only(RouterPaths.of(List.of(peer), _ -> true)).hops();
  }

  private static RouterPath only(RouterPaths paths) {
    assertEquals(1, paths.users().size());
    assertEquals(paths.users().keySet(), paths.settings().keySet());
    return paths.users().firstKey();
  }

  private static PeerSettings peer(RemoteAs as, Hops hops, Extras extras) {
    return new PeerSettings(
        new PeerName("tor"),
        OWN,
        as,
        IpAddress.of("192.0.2.1"),
        179,
        Duration.ofSeconds(90),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        hops,
        extras);
  }
}
