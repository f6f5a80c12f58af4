// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.FarField.Reach;
import io.gitlb.lab.segment.FrameReading;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// FRR and BIRD behind a router, in the node's AS, with AS numbers of two octets, without
/// capabilities, and with TTL security over IPv4.
@NeedsLab
final class FarPeerLabIT {

  private static final String FRR =
      """
      hostname frr
      bfd
       profile fast
        receive-interval 100
        transmit-interval 100
        detect-multiplier 3
       exit
      exit
      router bgp 64513
       bgp router-id 10.78.0.3
       no bgp ebgp-requires-policy
       no bgp default ipv4-unicast
       neighbor 10.80.0.11 remote-as 64512
       neighbor 10.80.0.11 ebgp-multihop 3
       neighbor 10.80.0.11 bfd profile fast
       neighbor 2001:db8:80::11 remote-as 64512
       neighbor 2001:db8:80::11 ebgp-multihop 3
       neighbor 2001:db8:80::11 bfd profile fast
       neighbor 10.80.0.12 remote-as 64513
       neighbor 10.80.0.12 bfd profile fast
       neighbor 2001:db8:80::12 remote-as 64513
       neighbor 2001:db8:80::12 bfd profile fast
       neighbor 10.80.0.13 remote-as 64512
       neighbor 10.80.0.13 ebgp-multihop 3
       neighbor 10.78.0.21 remote-as 4200000001
       neighbor 10.78.0.21 dont-capability-negotiate
       neighbor 10.78.0.22 remote-as 64512
       neighbor 10.78.0.22 dont-capability-negotiate
       neighbor 10.78.0.23 remote-as 64512
       neighbor 10.78.0.23 override-capability
       neighbor 10.78.0.24 remote-as 64512
       neighbor 10.78.0.24 strict-capability-match
       neighbor 10.78.0.25 remote-as 64512
       neighbor 10.78.0.25 ttl-security hops 1
       neighbor 10.78.0.26 remote-as 64512
       neighbor 10.78.0.26 ttl-security hops 1
       address-family ipv4 unicast
        neighbor 10.80.0.11 activate
        neighbor 10.80.0.12 activate
        neighbor 10.80.0.13 activate
        neighbor 10.78.0.21 activate
        neighbor 10.78.0.22 activate
        neighbor 10.78.0.23 activate
        neighbor 10.78.0.24 activate
        neighbor 10.78.0.25 activate
        neighbor 10.78.0.26 activate
       exit-address-family
       address-family ipv6 unicast
        neighbor 2001:db8:80::11 activate
        neighbor 2001:db8:80::12 activate
       exit-address-family
      """;

  /// Several hops, and the BFD of them, are its default within an AS. Without 4-octet numbers it
  /// still compares ours with what is said of the neighbour, where such a one cannot be said.
  private static final String BIRD =
      """
      router id 10.78.0.4;
      protocol device {}
      protocol kernel { ipv4 { export where source = RTS_BGP; }; }
      protocol kernel { ipv6 { export where source = RTS_BGP; }; }
      protocol static { ipv4; route 10.80.0.0/24 via 10.79.0.1; }
      protocol static { ipv6; route 2001:db8:80::/64 via 2001:db8:79::1; }
      protocol bfd { multihop { min rx interval 100 ms; min tx interval 100 ms; multiplier 3; }; }
      template bgp four { passive; error wait time 1, 2; ipv4 { import all; export none; }; }
      template bgp six { passive; error wait time 1, 2; ipv6 { import all; export none; }; }
      protocol bgp from four { local 10.79.0.4 as 64514; neighbor 10.80.0.11 as 64512;
        multihop 3; bfd on; }
      protocol bgp from six { local 2001:db8:79::4 as 64514; neighbor 2001:db8:80::11 as 64512;
        multihop 3; bfd on; }
      protocol bgp from four { local 10.79.0.4 as 64514; neighbor 10.80.0.12 internal; bfd on; }
      protocol bgp from six { local 2001:db8:79::4 as 64514; neighbor 2001:db8:80::12 internal;
        bfd on; }
      protocol bgp from four { local 10.79.0.4 as 64514; neighbor 10.80.0.13 as 64512; multihop 3; }
      protocol bgp from four { local 10.78.0.4 as 64514; neighbor 10.78.0.21 external;
        enable as4 off; }
      protocol bgp from four { local 10.78.0.4 as 64514; neighbor 10.78.0.22 as 64512;
        capabilities off; }
      protocol bgp from four { local 10.78.0.4 as 64514; neighbor 10.78.0.25 as 64512;
        ttl security on; }
      protocol bgp from four { local 10.78.0.4 as 64514; neighbor 10.78.0.26 as 64512;
        ttl security on; }
      """;

  /// Who dials, and where to: what [FarSession#GUARDED] hears comes as if from behind a router.
  private static final String ONE_LESS =
      "add table ip far; add chain ip far out { type filter hook output priority mangle; };"
          + " add rule ip far out ip daddr 10.78.0.25 tcp sport 179 ip ttl set 254";

  private static final Pattern DROPS = Pattern.compile("skmem:\\(.*,d([1-9]\\d*)\\)");

  @RegisterExtension static final Lab LAB = new Lab();

  private Kept kept;
  private FarField field;

  /// What all tests have.
  private record Kept(FarField field, Frr frr, Bird bird, FrameReading wire) {

    static Kept start(Lab lab) {
      FarField field = FarField.layOut(lab);
      FrameReading wire =
          FrameReading.start(
              field.node().host(), lab.sandbox().logs().resolve("bgp.pcap"), "tcp port 179");
      Frr frr = Frr.start(lab.sandbox(), field.host(FarRouter.FRR), FRR);
      Bird bird = Bird.start(lab.sandbox(), field.host(FarRouter.BIRD), BIRD);
      for (FarRouter router : FarRouter.values()) {
        field.host(router).exec("nft", ONE_LESS).orThrow();
      }
      field.tell(Reach.ONE_LINK);
      return new Kept(field, frr, bird, wire);
    }
  }

  @BeforeEach
  void layOut() {
    kept = LAB.keep(Kept.class, () -> Kept.start(LAB));
    field = kept.field();
  }

  @Test
  void aPathOfTwoLinksIsWatchedAndEndsItsSessionsWithItself() {
    List<PeerName> watched = new ArrayList<>();
    for (FarRouter router : FarRouter.values()) {
      for (IpFamily family : IpFamily.values()) {
        watched.add(FarSession.FAR.peer(router, family));
        watched.add(FarSession.OWN.peer(router, family));
      }
    }
    watched.forEach(field::awaitUp);
    theKernelHoldsPacketsToTheirTtl();
    field.tell(Reach.TWO_LINKS);
    watched.forEach(name -> field.awaitBfd(name, "Up"));
    awaitFarRoutes("via ");
    PeerLab.awaitShown(
        "FRR's sessions",
        () -> kept.frr().show("show bfd peers brief"),
        "10.80.0.11",
        "10.80.0.12",
        "2001:db8:80::11",
        "2001:db8:80::12");

    nft(field.transit(), "add table inet cut");
    nft(
        field.transit(),
        "add chain inet cut path { type filter hook forward priority 0; policy drop; }");
    long begun = System.nanoTime();
    for (PeerName name : watched) {
      field.awaitPeer(
          "ends with BFD",
          name,
          peer ->
              peer.state().equalsIgnoreCase("Idle")
                  && peer.lastError().filter("sent Cease/BFD Down (6/10)"::equals).isPresent());
    }
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    System.out.printf("a path was cut: 8 sessions ended within %d ms%n", took.toMillis());
    assertTrue(took.compareTo(Duration.ofSeconds(3)) < 0, took::toString);
    awaitFarRoutes("");

    nft(field.transit(), "delete table inet cut");
    watched.forEach(field::awaitUp);
    awaitFarRoutes("via ");
  }

  /// With a minimum that no packet can have BFD stays down, BGP does not wait for it, and the
  /// kernel counts.
  private void theKernelHoldsPacketsToTheirTtl() {
    for (IpFamily family : IpFamily.values()) {
      String filter = "src [" + FarSession.FAR.address(family) + "] and sport = :4784";
      Await.until(
          "the socket has dropped",
          FarField.LIMIT,
          () -> field.node().host().exec("ss", "-H", "-uanm", filter).output(),
          shown -> DROPS.matcher(shown).find());
      Stream.of(FarRouter.values())
          .map(router -> FarSession.FAR.peer(router, family))
          .forEach(name -> field.awaitBfd(name, "Down"));
    }
  }

  private void awaitFarRoutes(String way) {
    for (FarRouter router : FarRouter.values()) {
      for (IpFamily family : IpFamily.values()) {
        field.awaitRoute(router, FarSession.FAR.service(family), way);
        field.awaitRoute(router, FarSession.OWN.service(family), way);
      }
    }
  }

  @Test
  void aPeerOfTheOwnAsReadsTheLocalPreference() {
    for (IpFamily family : IpFamily.values()) {
      String nextHop = FarSession.OWN.address(family);
      IpAddress preferred = family == IpFamily.IPV4 ? FarField.PREFERRED : FarField.PREFERRED_6;
      isInternal(FarSession.OWN.service(family), nextHop, 100);
      isInternal(preferred, nextHop, FarField.PREFERENCE);
      field.awaitUp(FarSession.FAR.peer(FarRouter.FRR, family));
      field.awaitUp(FarSession.FAR.peer(FarRouter.BIRD, family));
    }
    // A router may show 100 where nothing came: the wire tells.
    SortedSet<String> seen = new TreeSet<>();
    String attribute = "bgp.update.path_attribute.local_pref";
    for (List<String> frame :
        kept.wire().readAll(ours() + " && " + attribute, "ip.src", "ipv6.src", attribute)) {
      for (String preference : frame.get(2).split(",", -1)) {
        seen.add(frame.get(0) + frame.get(1) + " " + preference);
      }
    }
    assertEquals(
        new TreeSet<>(
            List.of(
                "10.80.0.12 100", "10.80.0.12 250", "2001:db8:80::12 100", "2001:db8:80::12 250")),
        seen);
  }

  private void isInternal(IpAddress service, String nextHop, long preference) {
    shownByFrr(service, " from " + nextHop + " (", "localpref " + preference + ", valid, internal");
    PeerLab.awaitShown(
        "BIRD's route",
        () -> kept.bird().show("show route all for " + service) + "\n",
        "BGP.local_pref: " + preference + "\n",
        "BGP.next_hop: " + nextHop + "\n",
        "BGP.as_path: \n");
  }

  /// Frames of the node.
  private String ours() {
    return "eth.src == " + field.node().mac();
  }

  private void shownByFrr(IpAddress service, String... parts) {
    String family = service.family() == IpFamily.IPV4 ? "ipv4" : "ipv6";
    PeerLab.awaitShown(
        "FRR's route", () -> kept.frr().show("show bgp " + family + " unicast " + service), parts);
  }

  @Test
  void routersOfTwoOctetsFindOurAsInTheAs4Path() {
    IpAddress service = FarSession.WIDE.service(IpFamily.IPV4);
    // FRR 8.4 hears our capability all the same, and takes AS4_PATH from nobody who has it.
    shownByFrr(service, "\n  23456\n");
    PeerLab.awaitShown(
        "BIRD's route",
        () -> kept.bird().show("show route all for " + service) + "\n",
        "BGP.as_path: 4200000001\n");
    String wide = "ip.src == 10.78.0.21";
    assertEquals(
        Set.of(List.of("1", "23456")),
        Set.copyOf(kept.wire().readAll(wide + " && bgp.type == 1", "bgp.type", "bgp.open.myas")));
    String attribute = "bgp.update.path_attribute.";
    String as4Path = attribute + "type_code == 17";
    assertEquals(
        Set.of(List.of("23456", "4200000001")),
        Set.copyOf(
            kept.wire()
                .readAll(
                    wide + " && " + as4Path,
                    attribute + "as_path_segment.as2",
                    attribute + "as_path_segment.as4")),
        "AS_PATH and AS4_PATH");
    assertEquals(
        List.of(), kept.wire().readAll("!(" + wide + ") && " + as4Path, "ip.src", "ip.dst"));
    assertEquals(
        List.of(),
        kept.wire().objections(ours()).stream()
            .filter(one -> !one.startsWith("Sequence TCP"))
            .toList());
  }

  @Test
  void routersWithoutCapabilitiesOrWithOddOnesHaveOurRoutes() {
    for (FarRouter router : FarRouter.values()) {
      has(router, FarSession.BARE);
    }
    has(FarRouter.FRR, FarSession.OVERRIDE);
    has(FarRouter.FRR, FarSession.STRICT);
    assertEquals(
        Set.of(List.of("10.78.0.3", "0"), List.of("10.78.0.4", "0")),
        Set.copyOf(
            kept.wire()
                .readAll("bgp.type == 1 && ip.dst == 10.78.0.22", "ip.src", "bgp.open.opt.len")),
        "lengths of their optional parameters");
  }

  private void has(FarRouter router, FarSession session) {
    field.awaitUp(session.peer(router, IpFamily.IPV4));
    field.awaitRoute(
        router, session.service(IpFamily.IPV4), "via " + session.address(IpFamily.IPV4));
  }

  @Test
  void whoIsNotAsNearAsItShouldBeHasNoSession() {
    for (FarRouter router : FarRouter.values()) {
      field.awaitPeer(
          "is not heard",
          FarSession.GUARDED.peer(router, IpFamily.IPV4),
          peer -> peer.lastError().filter(why -> why.startsWith("no answer")).isPresent());
      hasNone(router, FarSession.GUARDED);
      nft(field.host(router), "delete table ip far");
      has(router, FarSession.GUARDED);
      hasNone(router, FarSession.SHORT);
      // What came before the router took the call has no TTL that counts: we may believe that the
      // session is up, and the router does not.
      assertEquals("", field.kernelRoute(router, FarSession.LAX.service(IpFamily.IPV4)));
    }
  }

  private void hasNone(FarRouter router, FarSession session) {
    PeerName name = session.peer(router, IpFamily.IPV4);
    assertFalse(
        field.peer(name).orElseThrow().state().equalsIgnoreCase("Established"), name::toString);
    assertEquals("", field.kernelRoute(router, session.service(IpFamily.IPV4)), name::toString);
  }

  private static void nft(Host host, String command) {
    host.exec("nft", command).orThrow();
  }
}
