// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.Reads.accepted;
import static io.gitlb.schema.yaml.Reads.document;
import static io.gitlb.schema.yaml.Reads.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.LabelSelector.Expression;
import io.gitlb.schema.value.LabelSelector.Operator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolMappingTest {

  private static AddressPool pool(String... fields) {
    return accepted(document("gitlb.io/v1", "IPAddressPool", fields)).pools().getFirst();
  }

  private static List<String> refused(String... fields) {
    return problems(document("gitlb.io/v1", "IPAddressPool", fields));
  }

  @Test
  void theDefaultsAreMetalLbs() {
    AddressPool pool = pool("addresses: [192.0.2.0/24]");
    assertEquals(Assignment.AUTOMATIC, pool.assignment());
    assertEquals(EndOctets.USED, pool.endOctets());
    assertEquals(Optional.empty(), pool.serviceAllocation());
    assertEquals(new TreeMap<>(), pool.labels());
    assertEquals(AddressPool.Rules.DEFAULTS, pool.rules());
  }

  @Test
  void everyFieldIsRead() {
    AddressPool pool =
        pool(
            "addresses: [192.0.2.0/24]",
            "autoAssign: false",
            "avoidBuggyIPs: true",
            "serviceAllocation:",
            "  priority: 7",
            "  namespaces: [b, a]",
            "  namespaceSelectors: [{matchLabels: {team: x}}]",
            "  serviceSelectors:",
            "    - matchExpressions: [{key: app, operator: In, values: [web, api]}]");
    assertEquals(Assignment.ON_REQUEST, pool.assignment());
    assertEquals(EndOctets.AVOIDED, pool.endOctets());
    AddressPool.ServiceAllocation allocation = pool.serviceAllocation().orElseThrow();
    assertEquals(7, allocation.priority());
    assertEquals(new TreeSet<>(List.of("a", "b")), allocation.namespaces());
    assertEquals("x", allocation.namespaceSelectors().getFirst().matchLabels().get("team"));
    assertEquals(
        List.of(
            new LabelSelector(
                new TreeMap<>(),
                List.of(new Expression("app", Operator.IN, List.of("api", "web"))))),
        allocation.serviceSelectors());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.0-192.0.2.255",
    "198.51.100.10/24, 198.51.100.0-198.51.100.255",
    "192.0.2.7/32, 192.0.2.7-192.0.2.7",
    "192.0.2.7-192.0.2.7, 192.0.2.7-192.0.2.7",
    "192.0.2.10-192.0.2.20, 192.0.2.10-192.0.2.20",
    "'192.0.2.10 - 192.0.2.20', 192.0.2.10-192.0.2.20",
    "2001:db8::/112, 2001:db8::-2001:db8::ffff",
    "2001:DB8::1-2001:db8::2, 2001:db8::1-2001:db8::2",
  })
  void addressesArePrefixesOrRanges(String text, String range) {
    assertEquals(
        List.of(range),
        pool("addresses: ['" + text + "']").ranges().stream().map(IpRange::toString).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, is a bare address; for this one alone write 192.0.2.1/32",
    "2001:db8::1, is a bare address; for this one alone write 2001:db8::1/128",
    "192.0.2.0/33, is not a prefix; write it like 192.0.2.0/24 or 2001:db8::/112",
    "192.0.2/24, is not a prefix; write it like 192.0.2.0/24 or 2001:db8::/112",
    "192.0.2.1-2001:db8::1, mixes IPv4 and IPv6; write one range of each",
    "nonsense, is no range of addresses; write 192.0.2.0/24 or 192.0.2.10-192.0.2.20",
    "'', is no range of addresses; write 192.0.2.0/24 or 192.0.2.10-192.0.2.20",
  })
  void otherAddressesAreRefusedWithAdvice(String text, String advice) {
    assertEquals(
        List.of(
            "a.yaml:6:15: GLB1207 spec.addresses of IPAddressPool x: \"%s\" %s"
                .formatted(text, advice)),
        refused("addresses: ['" + text + "']"));
  }

  @Test
  void aRangeWithABadEndNamesTheEnd() {
    assertEquals(
        List.of(
            "a.yaml:6:15: GLB1207 spec.addresses of IPAddressPool x: \"192.0.2.1-20\" is not a"
                + " range: \"20\" is not an IP address; write it like 192.0.2.10-192.0.2.20"),
        refused("addresses: [192.0.2.1-20]"));
  }

  @Test
  void aRangeUpsideDownIsRefusedWithTheRightOne() {
    assertEquals(
        List.of(
            "a.yaml:6:15: GLB1302 spec.addresses of IPAddressPool x: the range"
                + " 192.0.2.20-192.0.2.10 ends before it starts; write 192.0.2.10-192.0.2.20"),
        refused("addresses: [192.0.2.20-192.0.2.10]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"::ffff:192.0.2.0/120", "::ffff:192.0.2.1-::ffff:192.0.2.9", "::/64"})
  void mappedAddressesStayIpv6AndAreRefused(String text) {
    assertEquals(
        List.of(
            "a.yaml:6:15: GLB1207 spec.addresses of IPAddressPool x: \"%s\" is an IPv4-mapped IPv6"
                    .formatted(text)
                + " address (::ffff:0:0/96); write the IPv4 address a.b.c.d instead"),
        refused("addresses: ['" + text + "']"));
  }

  @Test
  void anEmptyListIsRefused() {
    assertEquals(
        List.of(
            "a.yaml:6:14: GLB1207 spec.addresses of IPAddressPool x is an empty list; it needs at"
                + " least one item"),
        refused("addresses: []"));
  }

  @Test
  void aDuplicateIsRefusedWithBothPlacesHoweverItIsWritten() {
    assertEquals(
        List.of(
            "a.yaml:8:5: GLB1304 spec.addresses of IPAddressPool x: \"192.0.2.0-192.0.2.255\""
                + " stands twice in the list, first at a.yaml:7:5; remove one"),
        refused("addresses:", "- 192.0.2.0/24", "- 192.0.2.0-192.0.2.255"));
  }

  @Test
  void overlappingRangesOfOnePoolAreRefusedAtTheLaterOne() {
    assertEquals(
        List.of(
            "a.yaml:8:5: GLB1303 192.0.2.0-192.0.2.255 of pool x overlaps 192.0.2.10-192.0.2.20 of"
                + " pool x at a.yaml:7:5; an address lies in one range of one pool"),
        refused("addresses:", "- 192.0.2.10-192.0.2.20", "- 192.0.2.0/24"));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, GLB1207",
    "2147483648, GLB1207",
    "99999999999999999999999, GLB1207",
    "1.5, GLB1206",
    "'\"1\"', GLB1206",
    "yes, GLB1206",
  })
  void aPriorityIsAWholeNumber(String text, String code) {
    List<String> found =
        refused("addresses: [192.0.2.0/24]", "serviceAllocation: {priority: " + text + "}");
    assertEquals(1, found.size());
    assertEquals("a.yaml:7:33: " + code, found.getFirst().substring(0, 20));
  }

  @ParameterizedTest
  @CsvSource({
    "'{key: a, operator: In}', operator In needs at least one value",
    "'{key: a, operator: Exists, values: [b]}', operator Exists needs no values",
    "'{key: a, operator: in, values: [b]}', 'is not an operator; allowed: In, NotIn, Exists,"
        + " DoesNotExist'",
    "'{operator: Exists}', key of IPAddressPool x is missing",
    "'{key: a b, operator: Exists}', is not a label key",
    "'{key: a, operator: In, values: [\"b c\"]}', is not a label value",
    "'{key: a, operator: In, values: [b], x: y}', unknown field",
  })
  void selectorsAreChecked(String expression, String expected) {
    List<String> found =
        refused(
            "addresses: [192.0.2.0/24]",
            "serviceAllocation: {serviceSelectors: [{matchExpressions: [" + expression + "]}]}");
    assertEquals(
        1, found.stream().filter(line -> line.contains(expected)).count(), found::toString);
  }
}
