// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.WellKnownCommunity;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdjRibOutTest {

  private static final AddressFamily V4 = AddressFamily.IPV4_UNICAST;
  private static final AddressFamily V6 = AddressFamily.IPV6_UNICAST;

  private static final NextHops NEXT_HOPS =
      new NextHops(
          Optional.of((Ipv4) IpAddress.of("192.0.2.10")),
          List.of((Ipv6) IpAddress.of("2001:db8::10")));

  private static final IpPrefix A = IpPrefix.of("203.0.113.1/32");
  private static final IpPrefix B = IpPrefix.of("203.0.113.2/32");
  private static final IpPrefix C = IpPrefix.of("2001:db8:5::1/128");

  private static Negotiated session(long localAsn, long remoteAsn, AsWidth width, Extra... extras) {
    return new Negotiated(
        new Asn(localAsn),
        new Asn(remoteAsn),
        (Ipv4) IpAddress.of("192.0.2.10"),
        (Ipv4) IpAddress.of("192.0.2.1"),
        Duration.ofSeconds(90),
        Duration.ofSeconds(30),
        new TreeSet<>(Set.of(V4, V6)),
        width,
        Set.of(extras));
  }

  private static Negotiated ebgp(Extra... extras) {
    return session(64513, 64512, AsWidth.FOUR_OCTETS, extras);
  }

  private static AdjRibOut ribOut(Negotiated session) {
    return new AdjRibOut(session, NEXT_HOPS);
  }

  private static RouteAttributes with(Community... communities) {
    return new RouteAttributes(100, List.of(communities));
  }

  private static String hex(AsWidth width, Message message) {
    return HexFormat.of().formatHex(new MessageCodec(width).encode(message)).substring(38);
  }

  private static List<String> hex(Advertisement advertisement) {
    return advertisement.updates().stream().map(u -> hex(AsWidth.FOUR_OCTETS, u)).toList();
  }

  private static Map<IpPrefix, RouteAttributes> hosts(int count) {
    SortedMap<IpPrefix, RouteAttributes> routes = new TreeMap<>();
    IntStream.range(0, count)
        .forEach(i -> routes.put(IpPrefix.host(new Ipv4(0x0A640000 + i)), RouteAttributes.DEFAULT));
    return routes;
  }

  private static Map<IpPrefix, RouteAttributes> hosts6(int count) {
    SortedMap<IpPrefix, RouteAttributes> routes = new TreeMap<>();
    IntStream.range(0, count)
        .forEach(
            i ->
                routes.put(
                    IpPrefix.host(new Ipv6(0x2001_0db8_0000_0000L, i)), RouteAttributes.DEFAULT));
    return routes;
  }

  @Test
  void aNeighbourAsIsToldOurAsAndNoLocalPreference() {
    Advertisement told = ribOut(ebgp()).set(Map.of(A, new RouteAttributes(200, List.of())));

    assertEquals(
        List.of(
            "0000"
                + "0014"
                + "40010100"
                + "400206"
                + "02010000fc01"
                + "400304c000020a"
                + "20cb007101"),
        hex(told));
  }

  @Test
  void ourOwnAsIsToldAnEmptyPathAndTheLocalPreference() {
    Advertisement told =
        ribOut(session(64513, 64513, AsWidth.FOUR_OCTETS))
            .set(Map.of(A, new RouteAttributes(200, List.of())));

    assertEquals(
        List.of(
            "0000"
                + "0015"
                + "40010100"
                + "400200"
                + "400304c000020a"
                + "400504000000c8"
                + "20cb007101"),
        hex(told));
  }

  @Test
  void anIpv6RouteGoesIntoMpReachAheadOfTheOthersAndHasNoNextHopAttribute() {
    Advertisement told =
        ribOut(ebgp())
            .set(
                Map.of(
                    C,
                    with(
                        new Community.Large(64513, 7, 8),
                        new Community.Standard(0xFC01_0002),
                        new Community.Standard(0xFC01_0001),
                        new Community.Standard(0xFC01_0001))));

    assertEquals(
        List.of(
            "0000"
                + "0050"
                + "800e26"
                + "00020110"
                + "20010db8000000000000000000000010"
                + "00"
                + "80"
                + "20010db8000500000000000000000001"
                + "40010100"
                + "400206"
                + "02010000fc01"
                + "c00808"
                + "fc010001"
                + "fc010002"
                + "c0200c"
                + "0000fc01"
                + "00000007"
                + "00000008"),
        hex(told));
  }

  /// RFC 6793 section 4.2.2, and only there.
  @Test
  void aPeerOfTwoOctetsIsToldTheWideAsBesides() {
    Negotiated wide = session(4_200_000_000L, 64512, AsWidth.TWO_OCTETS);
    Negotiated narrow = session(64513, 64512, AsWidth.TWO_OCTETS);

    String wideUpdate =
        hex(AsWidth.TWO_OCTETS, ribOut(wide).set(Map.of(A, with())).updates().getFirst());
    String narrowUpdate =
        hex(AsWidth.TWO_OCTETS, ribOut(narrow).set(Map.of(A, with())).updates().getFirst());

    assertEquals(
        "0000"
            + "001b"
            + "40010100"
            + "400204"
            + "02015ba0"
            + "400304c000020a"
            + "c01106"
            + "0201fa56ea00"
            + "20cb007101",
        wideUpdate);
    assertEquals(
        "0000" + "0012" + "40010100" + "400204" + "0201fc01" + "400304c000020a" + "20cb007101",
        narrowUpdate);
  }

  @Test
  void nothingIsSentWhenNothingChanged() {
    AdjRibOut ribOut = ribOut(ebgp(Extra.END_OF_RIB));
    ribOut.set(Map.of(A, with(), C, with()));

    assertEquals(List.of(), ribOut.set(Map.of(A, with(), C, with())).updates());
    // Local preference is not told to a neighbour AS, so a change of it is none.
    assertEquals(
        List.of(), ribOut.set(Map.of(A, new RouteAttributes(300, List.of()), C, with())).updates());
  }

  @Test
  void oneChangedRouteAmongManyIsOneUpdate() {
    AdjRibOut ribOut = ribOut(ebgp());
    Map<IpPrefix, RouteAttributes> routes = new HashMap<>(hosts(10_000));
    ribOut.set(routes);
    IpPrefix changed = routes.keySet().iterator().next();
    routes.put(changed, with(new Community.Standard(1)));

    List<Update> updates = ribOut.set(routes).updates();

    assertEquals(1, updates.size());
    assertEquals(List.of(changed), updates.getFirst().nlri());
    assertEquals(List.of(), updates.getFirst().withdrawn(), "an announcement replaces");
    assertEquals(10_000, ribOut.size());
  }

  @Test
  void routesOfEqualAttributesGoTogetherAndWithdrawalsGoFirst() {
    AdjRibOut ribOut = ribOut(ebgp());
    IpPrefix gone = IpPrefix.of("203.0.113.9/32");
    ribOut.set(Map.of(gone, with(), C, with()));
    Community community = new Community.Standard(1);

    List<Update> updates =
        ribOut
            .set(
                Map.of(
                    A, with(community), B, with(), IpPrefix.of("203.0.113.3/32"), with(community)))
            .updates();

    assertEquals(4, updates.size());
    assertEquals(List.of(gone), updates.get(0).withdrawn());
    assertEquals(
        "0000" + "0017" + "800f14" + "000201" + "80" + "20010db8000500000000000000000001",
        hex(AsWidth.FOUR_OCTETS, updates.get(1)));
    assertEquals(List.of(A, IpPrefix.of("203.0.113.3/32")), updates.get(2).nlri());
    assertEquals(List.of(B), updates.get(3).nlri());
  }

  /// RFC 4724 section 2: also when there is nothing to tell, and once.
  @Test
  void theFirstFullSetIsMarkedWhereSomebodyWaitsForIt() {
    AdjRibOut ribOut = ribOut(ebgp(Extra.END_OF_RIB));

    assertEquals(List.of("00000000", "00000006" + "800f03" + "000201"), hex(ribOut.set(Map.of())));
    assertEquals(List.of(), ribOut.set(Map.of()).updates());
    assertEquals(List.of(), ribOut(ebgp()).set(Map.of()).updates());
  }

  /// The arithmetic of full messages: 43 + 5 n and 61 + 17 n octets, 23 + 5 n and 30 + 17 n.
  @Test
  void messagesAreFilledUp() {
    AdjRibOut ribOut = ribOut(ebgp());

    assertEquals(List.of(810, 1), announced(ribOut.set(hosts(811))));
    assertEquals(13, ribOut(ebgp()).set(hosts(10_000)).updates().size());
    assertEquals(43, ribOut(ebgp()).set(hosts6(10_000)).updates().size());
    assertEquals(List.of(237, 1), announced(ribOut(ebgp()).set(hosts6(238))));

    ribOut.set(hosts(815));
    assertEquals(2, ribOut.set(Map.of()).updates().size());
    ribOut.set(hosts(814));
    assertEquals(1, ribOut.set(Map.of()).updates().size());
    ribOut.set(hosts6(240));
    assertEquals(2, ribOut.set(Map.of()).updates().size());
    ribOut.set(hosts6(239));
    assertEquals(1, ribOut.set(Map.of()).updates().size());
  }

  private static List<Integer> announced(Advertisement advertisement) {
    return advertisement.updates().stream().map(Update::announcedPrefixes).toList();
  }

  @Test
  void everyMessageFitsWhateverItsCommunities() {
    for (int communities : new int[] {0, 1, 63, 64, 100, 500, 1_000}) {
      List<Community> all = new ArrayList<>();
      IntStream.range(0, communities).forEach(i -> all.add(new Community.Standard(i)));
      Map<IpPrefix, RouteAttributes> routes = new HashMap<>();
      hosts(900).keySet().forEach(p -> routes.put(p, new RouteAttributes(100, all)));
      hosts6(300).keySet().forEach(p -> routes.put(p, new RouteAttributes(100, all)));

      List<Update> updates = ribOut(ebgp()).set(routes).updates();

      assertEquals(1_200, updates.stream().mapToInt(Update::announcedPrefixes).sum());
      updates.forEach(
          u ->
              assertTrue(
                  new MessageCodec(AsWidth.FOUR_OCTETS).encode(u).length
                      <= MessageCodec.MAX_LENGTH));
    }
  }

  @Test
  void aRouteThatCannotBeToldIsNamedWithTheReason() {
    List<Community> tooMany = new ArrayList<>();
    IntStream.range(0, 2_000).forEach(i -> tooMany.add(new Community.Standard(i)));
    AdjRibOut noIpv6 = new AdjRibOut(ebgp(), NextHops.of(IpAddress.of("192.0.2.10")));
    noIpv6.set(Map.of(A, with()));

    Advertisement told =
        noIpv6.set(Map.of(A, new RouteAttributes(100, tooMany), B, with(), C, with()));

    assertEquals(Map.of(A, Omission.ATTRIBUTES_TOO_LONG, C, Omission.NO_NEXT_HOP), told.omitted());
    assertEquals(List.of(A), told.updates().getFirst().withdrawn(), "told before");
    assertEquals(1, noIpv6.size());
  }

  /// Whatever else is in the UPDATE, and also when the node is cordoned.
  @ParameterizedTest
  @CsvSource({"995, 0", "0, 331", "20, 324"})
  void asManyCommunitiesAsValidationLetsPassAreTold(int standard, int large) {
    List<Community> most = new ArrayList<>();
    IntStream.range(0, standard).forEach(i -> most.add(new Community.Standard(i)));
    IntStream.range(0, large).forEach(i -> most.add(new Community.Large(64512, 1, i)));
    int octets = Community.octets(most);
    assertTrue(octets <= Community.MAX_OCTETS && octets > Community.MAX_OCTETS - 12);
    most.add(WellKnownCommunity.GRACEFUL_SHUTDOWN);
    RouteAttributes route = new RouteAttributes(0, most);
    NextHops nextHops =
        new NextHops(
            NEXT_HOPS.ipv4(),
            List.of((Ipv6) IpAddress.of("2001:db8::10"), (Ipv6) IpAddress.of("fe80::10")));
    for (Negotiated session :
        List.of(
            session(4_200_000_001L, 64512, AsWidth.TWO_OCTETS, Extra.EXTENDED_NEXT_HOP),
            session(64512, 64512, AsWidth.FOUR_OCTETS))) {
      Advertisement told = new AdjRibOut(session, nextHops).set(Map.of(A, route, C, route));
      assertEquals(Map.of(), told.omitted());
    }
  }

  @Test
  void aFamilyThatWasNotAgreedOnIsNotTold() {
    Negotiated both = ebgp();
    Negotiated ipv4 =
        new Negotiated(
            both.localAsn(),
            both.remoteAsn(),
            both.localIdentifier(),
            both.remoteIdentifier(),
            both.holdTime(),
            both.keepaliveTime(),
            new TreeSet<>(Set.of(V4)),
            both.asWidth(),
            Set.of());

    Advertisement told = ribOut(ipv4).set(Map.of(A, with(), C, with()));

    assertEquals(Map.of(C, Omission.FAMILY_NOT_NEGOTIATED), told.omitted());
    assertEquals(1, told.updates().size());
  }

  /// RFC 2918, RFC 7313 section 4.
  @Test
  void aFamilyIsToldAgainOnRequestBetweenMarkersThatThePeerKnows() {
    AdjRibOut plain = ribOut(ebgp(Extra.ROUTE_REFRESH));
    AdjRibOut framed = ribOut(ebgp(Extra.ROUTE_REFRESH, Extra.ENHANCED_ROUTE_REFRESH));
    List<Update> first = plain.set(Map.of(A, with(), B, with(), C, with())).updates();
    framed.set(Map.of(A, with(), B, with(), C, with()));

    assertEquals(List.of(first.getFirst()), plain.readvertise(V4));
    assertEquals(
        List.of(
            new RouteRefresh(V6, RouteRefresh.BEGIN),
            first.getLast(),
            new RouteRefresh(V6, RouteRefresh.END)),
        framed.readvertise(V6));
    assertEquals(List.of(), plain.readvertise(new AddressFamily(25, 70)));
  }

  /// RFC 4724 section 4.1: not before we know all that we have to announce; RFC 7313 section 4.2:
  /// and no refresh before that.
  @Test
  void thereIsNoEndOfRibBeforeTheFirstWholeSet() {
    AdjRibOut ribOut = ribOut(ebgp(Extra.END_OF_RIB));

    List<Update> first =
        ribOut
            .set(new TreeMap<>(Map.of(A, RouteAttributes.DEFAULT)), Completeness.PARTIAL)
            .updates();
    assertEquals(1, first.size());
    assertFalse(ribOut.mayReadvertise());
    assertEquals(
        List.of(),
        ribOut
            .set(new TreeMap<>(Map.of(A, RouteAttributes.DEFAULT)), Completeness.PARTIAL)
            .updates());

    List<Update> whole = ribOut.set(Map.of(A, RouteAttributes.DEFAULT)).updates();
    assertEquals(List.of(Update.endOfRib(V4), Update.endOfRib(V6)), whole);
    assertTrue(ribOut.mayReadvertise());
    assertEquals(List.of(), ribOut.set(Map.of(A, RouteAttributes.DEFAULT)).updates());
  }

  /// RFC 8950: MP_REACH of IPv4 with the IPv6 address, and MP_UNREACH to take it back.
  @Test
  void anIpv4RouteMayHaveAnIpv6NextHop() {
    NextHops ipv6 = NextHops.of(IpAddress.of("2001:db8::10"));
    AdjRibOut ribOut = new AdjRibOut(ebgp(Extra.EXTENDED_NEXT_HOP), ipv6);

    assertEquals(
        List.of(
                "0000 002a"
                    + " 800e1a 0001 01 10 20010db8000000000000000000000010 00 20cb007101"
                    + " 40010100 400206 0201 0000fc01")
            .stream()
            .map(text -> text.replace(" ", ""))
            .toList(),
        hex(ribOut.set(Map.of(A, RouteAttributes.DEFAULT))));
    assertEquals(List.of("0000000b800f0800010120cb007101"), hex(ribOut.set(Map.of())));
    Advertisement without = new AdjRibOut(ebgp(), ipv6).set(Map.of(A, RouteAttributes.DEFAULT));
    assertEquals(Map.of(A, Omission.NO_NEXT_HOP), without.omitted());
  }

  /// RFC 2545 section 3: a global next hop goes with the link-local one, and either stands alone.
  @Test
  void aLinkLocalNextHopStandsBehindTheGlobalOne() {
    Ipv6 global = (Ipv6) IpAddress.of("2001:db8::10");
    Ipv6 link = (Ipv6) IpAddress.of("fe80::10");
    NextHops both = new NextHops(Optional.empty(), List.of(global, link));

    List<String> sent = hex(new AdjRibOut(ebgp(), both).set(Map.of(C, RouteAttributes.DEFAULT)));

    assertTrue(
        sent.getFirst()
            .contains(
                "00020120"
                    + "20010db8000000000000000000000010"
                    + "fe800000000000000000000000000010"
                    + "00"),
        sent::toString);
    assertThrows(
        IllegalArgumentException.class,
        () -> new NextHops(Optional.empty(), List.of(global, link, link)));
  }
}
