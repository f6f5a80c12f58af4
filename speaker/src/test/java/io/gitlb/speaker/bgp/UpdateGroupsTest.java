// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UpdateGroupsTest {

  private static final NextHops NEXT_HOPS = NextHops.of(IpAddress.of("192.0.2.10"));

  private final UpdateGroups groups = new UpdateGroups();

  /// A hundred kinds of sessions, two of each, that come up and are told of a change in turn.
  @Test
  void eachKindOfSessionCostsItsWayOnce() {
    List<AdjRibOut> first = new ArrayList<>();
    List<AdjRibOut> second = new ArrayList<>();
    for (int kind = 0; kind < 100; kind++) {
      first.add(session(64_600 + kind));
      second.add(session(64_600 + kind));
    }
    SnapshotMap<IpPrefix, RouteAttributes> routes = hosts(0, 20);
    for (SnapshotMap<IpPrefix, RouteAttributes> next :
        List.of(routes, routes.with(host(99), RouteAttributes.DEFAULT))) {
      List<PackedUpdate> made = new ArrayList<>();
      first.forEach(session -> made.addAll(session.set(next).packed()));
      List<PackedUpdate> again = new ArrayList<>();
      second.forEach(session -> again.addAll(session.set(next).packed()));
      assertEquals(100, made.size());
      for (int i = 0; i < made.size(); i++) {
        assertSame(made.get(i), again.get(i));
      }
    }
  }

  @Test
  void whatNobodyWentForLongIsForgotten() {
    SnapshotMap<IpPrefix, RouteAttributes> routes = hosts(0, 1);
    PackedUpdate made = only(session(64_600), routes);
    assertSame(made, only(session(64_600), routes));
    for (int i = 0; i < 1_000; i++) {
      only(session(64_600), hosts(i, 1));
    }
    assertNotSame(made, only(session(64_600), routes));
  }

  /// Not only their number is bounded: ways between whole tables are few.
  @Test
  void whatIsRememberedIsBoundedInOctets() {
    SnapshotMap<IpPrefix, RouteAttributes> routes = hosts(0, 1);
    PackedUpdate made = only(session(64_600), routes);
    for (int i = 0; i < 30; i++) {
      session(64_601 + i).set(hosts(0, 10_000));
    }
    assertNotSame(made, only(session(64_600), routes));
  }

  private static PackedUpdate only(
      AdjRibOut session, SnapshotMap<IpPrefix, RouteAttributes> routes) {
    List<PackedUpdate> packed = session.set(routes).packed();
    assertEquals(1, packed.size());
    return packed.getFirst();
  }

  private AdjRibOut session(int localAsn) {
    Negotiated negotiated =
        new Negotiated(
            new Asn(localAsn),
            new Asn(64_512),
            new Ipv4(1),
            new Ipv4(2),
            Duration.ofSeconds(90),
            Duration.ofSeconds(30),
            new TreeSet<>(Set.of(AddressFamily.IPV4_UNICAST)),
            AsWidth.FOUR_OCTETS,
            Set.of());
    return new AdjRibOut(negotiated, NEXT_HOPS, groups);
  }

  private static SnapshotMap<IpPrefix, RouteAttributes> hosts(int first, int count) {
    SortedMap<IpPrefix, RouteAttributes> hosts = new TreeMap<>();
    for (int i = first; i < first + count; i++) {
      hosts.put(host(i), RouteAttributes.DEFAULT);
    }
    return SnapshotMap.copyOf(hosts);
  }

  private static IpPrefix host(int number) {
    return IpPrefix.host(new Ipv4(0x0A64_0000 + number));
  }
}
