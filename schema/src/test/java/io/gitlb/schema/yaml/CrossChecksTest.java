// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.CheckCase.LAN;
import static io.gitlb.schema.yaml.CheckCase.ROUTED;
import static io.gitlb.schema.yaml.CheckCase.is;
import static io.gitlb.schema.yaml.CheckCase.on;
import static io.gitlb.schema.yaml.CheckCase.peer;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What documents say together, but for [PeerCrossChecksTest].
class CrossChecksTest {

  static List<CheckCase> communities() {
    return List.of(
        is(
            "an alias",
            ROUTED
                + peer("p", "")
                + "Community c {communities: [{name: vpn, value: '64512:7'}]}\n"
                + "BGPAdvertisement b {communities: [vpn, no-export]}\n",
            ""),
        is(
            "an unknown alias",
            ROUTED
                + peer("p", "")
                + "Community c {communities: [{name: vpn, value: '64512:7'}]}\n"
                + "BGPAdvertisement b {communities: [vpm]}\n",
            "5 GLB1305 spec.communities of BGPAdvertisement b names the community \"vpm\", which is not defined (did you mean \"vpn\"?)"),
        is(
            "no word of aliases that could not be read",
            ROUTED
                + peer("p", "")
                + "Community c {communities: [{name: vpn, value: 70000}]}\n"
                + "BGPAdvertisement b {communities: [vpn]}\n",
            "4 GLB1206"),
        is(
            "one alias in two documents",
            LAN
                + "Community c {communities: [{name: vpn, value: '64512:7'}]}\n"
                + "Community d {communities: [{name: vpn, value: '64512:8'}]}\n",
            "4 GLB1312 the alias \"vpn\" of Community d is also in Community c at a.yaml:3:"),
        is(
            "one community by name and number",
            ROUTED
                + peer("p", "")
                + "BGPAdvertisement b {communities: [no-export, '65535:65281']}\n",
            "4 GLB1513 \"no-export\" and \"65535:65281\" in BGPAdvertisement b are the same"));
  }

  private static String many(String form, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> form.formatted(i))
        .collect(Collectors.joining("', '", "communities: ['", "']"));
  }

  /// What fits is proved by the speaker's AdjRibOutTest.
  static List<CheckCase> roomForCommunities() {
    String lan = "IPAddressPool lan {addresses: [192.0.2.0/24]}\n" + peer("p", "");
    String standard = "64512:%d";
    String large = "large:64512:1:%d";
    String a = "BGPAdvertisement a {%s%s}\n";
    String b = "BGPAdvertisement b {%s%s}\n";
    return List.of(
        is("as many as fit", lan + a.formatted(many(standard, 0, 995), ""), ""),
        is(
            "one too many",
            lan + a.formatted(many(standard, 0, 996), ""),
            "3 GLB1320 the routes of pool lan to BGPPeer p have 996 communities by BGPAdvertisement a, which are 3988 octets, and an UPDATE (4096) has room for 3987: no speaker can tell them; remove some"),
        is("large ones", lan + a.formatted(many(large, 0, 331), ""), ""),
        is("too many large ones", lan + a.formatted(many(large, 0, 332), ""), "3 GLB1320"),
        is(
            "of two advertisements for one route",
            lan
                + a.formatted(many(standard, 0, 500), "")
                + b.formatted(many(standard, 500, 1000), ""),
            "3 GLB1320 the routes of pool lan to BGPPeer p have 1000 communities by BGPAdvertisement a and b, which are 4004 octets,"),
        is(
            "the same of two",
            lan
                + a.formatted(many(standard, 0, 900), "")
                + b.formatted(many(standard, 100, 990), ", localPref: 100"),
            ""),
        is(
            "to other peers",
            lan
                + peer("q", "peerPort: 1790")
                + a.formatted(many(standard, 0, 500), ", peers: [p]")
                + b.formatted(many(standard, 500, 1000), ", peers: [q]"),
            ""),
        is(
            "of other lengths",
            lan
                + a.formatted(many(standard, 0, 500), ", aggregationLength: 24")
                + b.formatted(many(standard, 500, 1000), ""),
            ""),
        is(
            "of other nodes",
            lan
                + a.formatted(many(standard, 0, 500), ", nodeSelectors: [{matchLabels: {rack: a}}]")
                + b.formatted(
                    many(standard, 500, 1000), ", nodeSelectors: [{matchLabels: {rack: b}}]"),
            ""),
        is(
            "of Services that may be others",
            lan
                + a.formatted(many(standard, 0, 500), ", serviceSelectors: [{matchLabels: {a: b}}]")
                + b.formatted(
                    many(standard, 500, 1000), ", serviceSelectors: [{matchLabels: {c: d}}]"),
            ""),
        is(
            "of some Services and of all",
            lan
                + a.formatted(many(standard, 0, 500), ", serviceSelectors: [{matchLabels: {a: b}}]")
                + b.formatted(many(standard, 500, 1000), ""),
            "3 GLB1320"));
  }

  static List<CheckCase> limits() {
    String limited =
        "ReservedRange r {addresses: [192.0.2.0/24], reason: shared, maxPoolAddresses: 16}\n";
    return List.of(
        is(
            "a pool within its limit",
            "IPAddressPool a {addresses: [192.0.2.0/28, 203.0.113.0/24]}\nL2Advertisement l {}\n"
                + limited,
            ""),
        is(
            "a pool beyond its limit",
            "IPAddressPool a {addresses: [192.0.2.0/28, 192.0.2.32/32]}\nL2Advertisement l {}\n"
                + limited,
            "1 GLB1316 pool a has 17 addresses of ReservedRange r at a.yaml:3:"),
        is(
            "what is excluded does not count",
            "IPAddressPool a {addresses: [192.0.2.0/28, 192.0.2.32/32], exclude: [192.0.2.0]}\nL2Advertisement l {}\n"
                + limited,
            ""),
        is(
            "each pool has its own limit",
            "IPAddressPool a {addresses: [192.0.2.0/28]}\nIPAddressPool b {addresses: [192.0.2.16/28]}\nL2Advertisement l {}\n"
                + limited,
            ""),
        is(
            "a pin inside a limited range",
            "IPAddressPool a {addresses: [192.0.2.0/28]}\nL2Advertisement l {}\nPinnedIP p {service: a/b, addresses: [192.0.2.1]}\n"
                + limited,
            ""),
        is(
            "a closed range inside a limited one",
            "IPAddressPool a {addresses: [192.0.2.0/28]}\nL2Advertisement l {}\n"
                + limited
                + "ReservedRange dhcp {addresses: [192.0.2.7], reason: dhcp}\n",
            "1 GLB1310 192.0.2.7 of pool a is reserved by ReservedRange dhcp"));
  }

  static List<CheckCase> halves() {
    return List.of(
        is(
            "a pool alone",
            "IPAddressPool lan {addresses: [192.0.2.0/24]}\n",
            "1 GLB1505 no L2Advertisement and no BGPAdvertisement is for pool lan:"),
        is(
            "a pool that nobody is to announce",
            "IPAddressPool lan {addresses: [192.0.2.0/24], announce: false}\n",
            ""),
        is(
            "a pool whose advertisement could not be read",
            "IPAddressPool lan {addresses: [192.0.2.0/24]}\nL2Advertisement l {interfaces: 1}\n",
            "2 GLB1206"),
        is(
            "an advertisement alone",
            "L2Advertisement l {}\n",
            "1 GLB1506 L2Advertisement l is for no pool"),
        is(
            "an advertisement whose selectors match nothing",
            LAN + "L2Advertisement m {ipAddressPoolSelectors: [{matchLabels: {a: b}}]}\n",
            "3 GLB1506 L2Advertisement m is for no pool"),
        is(
            "an advertisement with an unknown pool is an error only",
            LAN + "L2Advertisement m {ipAddressPools: [wan]}\n",
            "3 GLB1305"),
        is(
            "an advertisement without a peer",
            ROUTED,
            "2 GLB1507 BGPAdvertisement all is told to nobody: no BGPPeer is defined"),
        is(
            "an advertisement from nodes on which none of its peers is",
            LAN
                + "BGPAdvertisement a {peers: [p], nodeSelectors: [{matchLabels: {rack: b}}]}\n"
                + peer("p", "nodeSelectors: [{matchLabels: {rack: a}}]"),
            "3 GLB1507 BGPAdvertisement a is told to nobody: what its spec.nodeSelectors ask for contradicts that of every BGPPeer that it is for"),
        is(
            "an advertisement from nodes on which one of its peers is",
            LAN
                + "BGPAdvertisement a {nodeSelectors: [{matchLabels: {rack: b}}]}\n"
                + peer("p", "nodeSelectors: [{matchLabels: {rack: a}}]")
                + peer("q", "nodeSelectors: [{matchLabels: {rack: b}}]"),
            ""),
        is(
            "a peer on a node that there cannot be",
            LAN
                + peer(
                    "p",
                    "nodeSelectors: [{matchLabels: {a: b}, matchExpressions: [{key: a, operator: NotIn, values: [b]}]}]"),
            "3 GLB1508 BGPPeer p is for no node: what spec.nodeSelectors ask for contradicts itself"),
        is(
            "nothing is said of nodes that are not known",
            LAN + peer("p", "nodeSelectors: [{matchLabels: {zone: c}}]"),
            ""),
        on(
            Map.of("n1", "a", "n2", "b"),
            "a peer on no node that there is",
            LAN + peer("p", "nodeSelectors: [{matchLabels: {zone: c}}]"),
            "3 GLB1508 BGPPeer p is for no node: spec.nodeSelectors match none that there is"),
        on(
            Map.of("n1", "a", "n2", "b"),
            "a peer on a node",
            LAN + peer("p", "nodeSelectors: [{matchLabels: {zone: b}}]"),
            ""),
        on(
            Map.of("n1", "a"),
            "an advertisement on no node that there is",
            LAN + "L2Advertisement m {nodeSelectors: [{matchLabels: {zone: b}}]}\n",
            "3 GLB1508 L2Advertisement m is for no node:"),
        on(
            Map.of("n1", "a"),
            "errors do not depend on nodes",
            LAN
                + peer("p", "nodeSelectors: [{matchLabels: {zone: c}}]")
                + peer("q", "nodeSelectors: [{matchLabels: {zone: c}}]"),
            "3 GLB1508\n4 GLB1313\n4 GLB1508"),
        is(
            "a pool for nobody",
            "IPAddressPool lan {addresses: [192.0.2.0/24], serviceAllocation: {namespaceSelectors: [{matchLabels: {a: b}, matchExpressions: [{key: a, operator: DoesNotExist}]}]}}\nL2Advertisement l {}\n",
            "1 GLB1509 spec.serviceAllocation of pool lan can admit no Service:"),
        is(
            "the same advertisement twice",
            LAN + "L2Advertisement m {interfaces: []}\n",
            "3 GLB1512 L2Advertisement m says the same as lan at a.yaml:2:"),
        is(
            "preferences add up and are no repetition",
            LAN
                + "L2Advertisement m {preferredNodeSelectors: [{weight: 1, preference: {}}]}\n"
                + "L2Advertisement n {preferredNodeSelectors: [{weight: 1, preference: {}}]}\n",
            ""),
        is(
            "the same BGPAdvertisement twice",
            ROUTED + peer("p", "") + "BGPAdvertisement b {communities: []}\n",
            "4 GLB1512 BGPAdvertisement b says the same as all at"),
        is(
            "advertisements that differ in what a cordon does",
            ROUTED
                + peer("p", "")
                + "BGPAdvertisement b {onCordon: Keep}\n"
                + "L2Advertisement c {}\nL2Advertisement d {onCordon: Keep}\n"
                + "L2Advertisement e {rebalance: Never}\n",
            ""));
  }

  @ParameterizedTest
  @MethodSource({"communities", "roomForCommunities", "limits", "halves"})
  void problemsAreThose(CheckCase wanted) {
    wanted.check();
  }
}
