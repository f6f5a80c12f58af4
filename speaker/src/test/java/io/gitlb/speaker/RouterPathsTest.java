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
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.PeerDraft;
import io.gitlb.speaker.bfd.session.RouterPath;
import io.gitlb.speaker.pcap.NodeAddresses;
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
  void theFirstByNameSaysHowASharedPathIsWatchedAndTheNextOneWhenItIsGone() {
    PeerSettings a = named("a", 3);
    PeerSettings b = named("b", 5);
    PeerSettings alike = named("c", 3);
    RouterPaths all = RouterPaths.of(List.of(b, alike, a), _ -> true);
    RouterPath path = only(all);
    assertEquals(List.of(3), multipliers(all));
    assertEquals(
        Optional.of("watched as the BFDProfile of peer a says; that of b says something else"),
        all.disagreement(path));
    RouterPaths left = RouterPaths.of(List.of(b, alike), _ -> true);
    assertEquals(List.of(5), multipliers(left));
    assertEquals(
        Optional.of("watched as the BFDProfile of peer b says; that of c says something else"),
        left.disagreement(path));
    assertEquals(Optional.empty(), RouterPaths.of(List.of(a, alike), _ -> true).disagreement(path));
  }

  private static List<Integer> multipliers(RouterPaths paths) {
    return paths.settings().values().stream().map(BfdSettings::detectMultiplier).toList();
  }

  private static PeerSettings named(String name, int multiplier) {
    return peer(
        name,
        OTHER,
        Hops.SINGLE,
        PLAIN.withBfd(
            Optional.of(
                new BfdSettings(
                    Duration.ofMillis(300),
                    Duration.ofMillis(300),
                    multiplier,
                    BfdSettings.Role.ACTIVE,
                    254))));
  }

  @Test
  void thePrefixesOfThisMachineAreOnLinks() {
    OwnLinks own = new OwnLinks(NodeAddresses::read);
    assertTrue(own.leadTo(IpAddress.of("127.0.3.2")), "loopback's");
    assertTrue(own.leadTo(IpAddress.of("127.0.0.1")));
    assertFalse(own.leadTo(IpAddress.of("240.0.0.1")), "reserved");
    assertFalse(own.leadTo(IpAddress.of("ff0e::1")), "multicast");
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
    return peer("tor", as, hops, extras);
  }

  private static PeerSettings peer(String name, RemoteAs as, Hops hops, Extras extras) {
    return PeerDraft.of(DesiredStates.peer(name, "192.0.2.1"))
        .peerAs(as)
        .hops(hops)
        .extras(extras)
        .settings();
  }
}
