// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.check.KnownNodes;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Documents in, problems out. Each document is one line: its kind, its name and its spec; each
/// problem is its line, its code and its text as far as it is given.
class CrossChecksTest {

  /// @param documents one a line, as above
  /// @param expected all problems, in order
  record Case(String name, String documents, String expected, KnownNodes nodes) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static Case is(String name, String documents, String expected) {
    return new Case(name, documents, expected, new KnownNodes.Unknown());
  }

  private static Case on(
      Map<String, String> zones, String name, String documents, String expected) {
    SortedMap<NodeName, SortedMap<String, String>> labels = new TreeMap<>();
    zones.forEach(
        (node, zone) -> labels.put(new NodeName(node), new TreeMap<>(Map.of("zone", zone))));
    return new Case(name, documents, expected, new KnownNodes.Labelled(labels));
  }

  private static String lines(String... lines) {
    return String.join("\n", lines);
  }

  private static final String LAN =
      "IPAddressPool lan {addresses: [192.0.2.0/24]}\nL2Advertisement lan {}\n";

  private static final String ROUTED =
      "IPAddressPool lan {addresses: [192.0.2.0/24]}\nBGPAdvertisement all {}\n";

  private static String peer(String name, String more) {
    return "BGPPeer %s {myASN: 64512, peerASN: 64513, peerAddress: 198.51.100.1%s}\n"
        .formatted(name, more.isEmpty() ? "" : ", " + more);
  }

  static List<Case> peers() {
    return List.of(
        is(
            "two peers to one address",
            LAN + peer("a", "") + peer("b", ""),
            "4 GLB1313 BGPPeer b is for 198.51.100.1, port 179, as is BGPPeer a at a.yaml:3:"),
        is("to other ports", LAN + peer("a", "") + peer("b", "peerPort: 1790"), ""),
        is("in two VRFs", LAN + peer("a", "vrf: red") + peer("b", "vrf: blue"), ""),
        is(
            "in one VRF",
            LAN + peer("a", "vrf: red") + peer("b", "vrf: red"),
            "4 GLB1313 BGPPeer b is for 198.51.100.1, port 179 in VRF red,"),
        is(
            "on nodes of two racks",
            LAN
                + peer("a", "nodeSelectors: [{matchLabels: {rack: a}}]")
                + peer("b", "nodeSelectors: [{matchLabels: {rack: b}}]"),
            ""),
        is(
            "on nodes with two different labels",
            LAN
                + peer("a", "nodeSelectors: [{matchLabels: {rack: a}}]")
                + peer("b", "nodeSelectors: [{matchLabels: {zone: b}}]"),
            "4 GLB1313"),
        is(
            "on those with a label and those without",
            LAN
                + peer("a", "nodeSelectors: [{matchExpressions: [{key: bgp, operator: Exists}]}]")
                + peer(
                    "b",
                    "nodeSelectors: [{matchExpressions: [{key: bgp, operator: DoesNotExist}]}]"),
            ""),
        is(
            "to one interface",
            LAN
                + "BGPPeer a {myASN: 1, dynamicASN: external, interface: eth0}\n"
                + "BGPPeer b {myASN: 1, dynamicASN: external, interface: eth0}\n",
            "4 GLB1313 BGPPeer b is for interface eth0,"),
        is(
            "to one interface, which is in one VRF at most",
            LAN
                + "BGPPeer a {myASN: 1, dynamicASN: external, interface: eth0}\n"
                + "BGPPeer b {myASN: 1, dynamicASN: external, interface: eth0, vrf: red}\n",
            "4 GLB1313 BGPPeer b is for interface eth0, port 179 in VRF red, as is BGPPeer a"),
        is(
            "three peers to one address are two problems",
            LAN + peer("a", "") + peer("b", "") + peer("c", ""),
            "4 GLB1313\n5 GLB1313"));
  }

  private static String ownPeer(String name, String more) {
    return peer(name, more).replace("peerASN: 64513", "peerASN: 64512");
  }

  static List<Case> preferences() {
    String lan = "IPAddressPool lan {addresses: [192.0.2.0/24]}\n" + ownPeer("p", "");
    String mixed =
        "IPAddressPool lan {addresses: [192.0.2.0/24, '2001:db8::/112']}\n"
            + ownPeer("p", "dualStackAddressFamily: true");
    String a = "BGPAdvertisement a {localPref: 100%s}\n";
    String b = "BGPAdvertisement b {localPref: 200%s}\n";
    return List.of(
        is(
            "two preferences for one pool",
            lan + a.formatted("") + b.formatted(""),
            "4 GLB1314 BGPAdvertisement b has localPref 200 and BGPAdvertisement a at a.yaml:3:"),
        is(
            "one and none",
            lan + b.formatted("") + "BGPAdvertisement c {}\n",
            "4 GLB1314 BGPAdvertisement c has no localPref, which is 100, and"),
        is(
            "one and none that mean the same",
            lan + a.formatted("") + "BGPAdvertisement c {communities: ['1:2']}\n",
            ""),
        is(
            "the same one",
            lan + a.formatted("") + "BGPAdvertisement c {localPref: 100, communities: ['1:2']}\n",
            ""),
        is(
            "other aggregation lengths",
            lan + a.formatted(", aggregationLength: 24") + b.formatted(""),
            ""),
        is(
            "only one family's length differs",
            mixed + a.formatted(", aggregationLength: 24") + b.formatted(""),
            "4 GLB1314"),
        is(
            "both families' lengths differ",
            mixed
                + a.formatted(", aggregationLength: 24, aggregationLengthV6: 112")
                + b.formatted(""),
            ""),
        is(
            "other peers",
            lan
                + ownPeer("q", "peerPort: 1179")
                + a.formatted(", peers: [p]")
                + b.formatted(", peers: [q]"),
            ""),
        is("one for all peers", lan + a.formatted(", peers: [p]") + b.formatted(""), "4 GLB1314"),
        is(
            "other nodes",
            lan
                + a.formatted(", nodeSelectors: [{matchLabels: {rack: a}}]")
                + b.formatted(", nodeSelectors: [{matchLabels: {rack: b}}]"),
            ""),
        is(
            "with service selectors nothing is known",
            lan + a.formatted(", serviceSelectors: [{matchLabels: {a: b}}]") + b.formatted(""),
            ""),
        is(
            "to peers of other AS, which are told of none",
            "IPAddressPool lan {addresses: [192.0.2.0/24]}\n" + peer("p", "") + a.formatted(""),
            "3 GLB1517 BGPAdvertisement a has localPref 100, and none of the peers that it is for is of the own AS: no other is told a local preference; remove it"),
        is(
            "other pools",
            lan
                + "IPAddressPool wan {addresses: [203.0.113.0/24]}\n"
                + a.formatted(", ipAddressPools: [lan]")
                + b.formatted(", ipAddressPools: [wan]"),
            ""));
  }

  static List<Case> bfd() {
    return List.of(
        is(
            "an unknown profile",
            LAN + peer("p", "bfdProfile: fasst") + "BFDProfile fast {}\n",
            "3 GLB1305 spec.bfdProfile of BGPPeer p names the BFDProfile \"fasst\", which is not defined (did you mean \"fast\"?)"),
        is(
            "with graceful restart",
            LAN
                + peer("p", "bfdProfile: fast, enableGracefulRestart: true")
                + "BFDProfile fast {}\n",
            "3 GLB1318 BGPPeer p has BFD and graceful restart:"),
        is(
            "with graceful restart, as is said",
            LAN
                + peer(
                    "p",
                    "bfdProfile: fast, enableGracefulRestart: true, bfdWithGracefulRestart: true")
                + "BFDProfile fast {}\n",
            ""),
        is(
            "faster than any speaker",
            LAN + "BFDProfile fast {transmitInterval: 33, receiveInterval: 50}\n",
            "3 GLB1319 spec.transmitInterval of BFDProfile fast is 33 ms: with 3 packets a path counts as lost after 99 ms,"),
        is(
            "fast enough",
            LAN + "BFDProfile fast {transmitInterval: 50, detectMultiplier: 2}\n",
            ""),
        is(
            "echo",
            LAN + "BFDProfile fast {echoMode: true}\n",
            "3 GLB1511 BFDProfile fast asks for echo"),
        is(
            "echo with an IPv6 peer",
            LAN
                + "BGPPeer p {myASN: 1, peerASN: 2, peerAddress: '2001:db8::1', bfdProfile: fast}\n"
                + "BFDProfile fast {echoMode: true}\n",
            lines(
                "3 GLB1315 BGPPeer p has an IPv6 address, and its BFDProfile fast asks",
                "4 GLB1511")),
        is(
            "echo with an IPv6 pool",
            "IPAddressPool six {addresses: ['2001:db8::/112']}\nBGPAdvertisement six {}\n"
                + peer("p", "bfdProfile: fast, dualStackAddressFamily: true")
                + "BFDProfile fast {echoMode: true}\n",
            lines(
                "3 GLB1315 BGPPeer p is told of the IPv6 addresses of pool six by BGPAdvertisement six,",
                "4 GLB1511")),
        is(
            "echo with an IPv6 pool of other peers",
            "IPAddressPool six {addresses: ['2001:db8::/112']}\nBGPAdvertisement six {peers: [q]}\n"
                + peer("p", "bfdProfile: fast")
                + "BFDProfile fast {echoMode: true}\n"
                + peer("q", "peerPort: 1790, dualStackAddressFamily: true"),
            "4 GLB1511"));
  }

  private static final String PROFILES =
      "BFDProfile fast {}\nBFDProfile slow {receiveInterval: 1000}\nBFDProfile quick {}\n";

  static List<Case> sharedPaths() {
    String b = "peerPort: 1790, bfdProfile: slow";
    return List.of(
        is(
            "two profiles on one path",
            LAN + PROFILES + peer("b", b) + peer("a", "bfdProfile: fast"),
            "6 GLB1516 BGPPeer b has BFDProfile slow, and BGPPeer a at a.yaml:7:63 has BFDProfile fast for the same path: a node that is for both watches it once, as BGPPeer a says, the first by name;"),
        is(
            "profiles that say the same",
            LAN + PROFILES + peer("a", "bfdProfile: fast") + peer("b", b.replace("slow", "quick")),
            ""),
        is("one without BFD", LAN + PROFILES + peer("a", "") + peer("b", b), ""),
        is(
            "from two addresses",
            LAN
                + PROFILES
                + peer("a", "bfdProfile: fast, sourceAddress: 198.51.100.7")
                + peer("b", b),
            ""),
        is(
            "in two VRFs",
            LAN + PROFILES + peer("a", "bfdProfile: fast, vrf: red") + peer("b", b),
            ""),
        is(
            "over one hop and over several",
            LAN + PROFILES + peer("a", "bfdProfile: fast, ebgpMultiHop: true") + peer("b", b),
            ""),
        is(
            "on other nodes",
            LAN
                + PROFILES
                + peer("a", "bfdProfile: fast, nodeSelectors: [{matchLabels: {rack: a}}]")
                + peer("b", b + ", nodeSelectors: [{matchLabels: {rack: b}}]"),
            ""),
        is(
            "three peers are two warnings",
            LAN
                + PROFILES
                + peer("a", "bfdProfile: fast")
                + peer("b", b)
                + peer("c", b.replace("1790", "1791")),
            lines("7 GLB1516 BGPPeer b", "8 GLB1516 BGPPeer c")));
  }

  static List<Case> communities() {
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

  static List<Case> limits() {
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

  static List<Case> halves() {
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

  static List<Case> families() {
    String both = "IPAddressPool lan {addresses: [192.0.2.0/24, '2001:db8::/112']}\n";
    String six = "BGPPeer six {myASN: 1, peerASN: 2, peerAddress: '2001:db8:1::1'}\n";
    return List.of(
        is(
            "IPv6 addresses and a peer of IPv4",
            both + "BGPAdvertisement all {}\n" + peer("p", ""),
            "1 GLB1515 no BGPPeer that hears of pool lan takes IPv6 routes: its IPv6 addresses are given and reach nobody; set spec.dualStackAddressFamily of one, or add one with an IPv6 address"),
        is(
            "IPv4 addresses and a peer of IPv6",
            ROUTED + six,
            "1 GLB1515 no BGPPeer that hears of pool lan takes IPv4 routes:"),
        is(
            "a peer of both",
            both + "BGPAdvertisement all {}\n" + peer("p", "dualStackAddressFamily: true"),
            ""),
        is(
            "a peer at the end of a link",
            both
                + "BGPAdvertisement all {}\n"
                + "BGPPeer p {myASN: 1, dynamicASN: external, interface: eth1}\n",
            ""),
        is(
            "a peer of each, by advertisements of their own",
            both
                + "BGPAdvertisement a {peers: [p]}\nBGPAdvertisement b {peers: [six]}\n"
                + peer("p", "")
                + six,
            ""),
        is(
            "the peer of IPv6 does not hear of the pool",
            both + "BGPAdvertisement a {peers: [p]}\n" + peer("p", "") + six,
            "1 GLB1515"),
        is("a pool on the segment", both + "BGPAdvertisement a {}\nL2Advertisement l {}\n" + peer("p", ""), ""),
        is(
            "nothing is said beside a peer that could not be read",
            both + "BGPAdvertisement a {}\n" + peer("p", "") + "BGPPeer q {myASN: 1}\n",
            "4 GLB1205\n4 GLB1205"));
  }

  @ParameterizedTest
  @MethodSource({
    "peers",
    "preferences",
    "bfd",
    "sharedPaths",
    "communities",
    "limits",
    "halves",
    "families"
  })
  void problemsAreThose(Case wanted) {
    List<Problem> found =
        switch (DefinitionReader.read(files(wanted.documents()), wanted.nodes())) {
          case ReadResult.Accepted accepted -> accepted.warnings();
          case ReadResult.Refused refused -> refused.problems();
        };
    List<String> expected = wanted.expected().lines().toList();
    String shown = found.stream().map(Object::toString).collect(Collectors.joining("\n"));
    assertEquals(expected.size(), found.size(), shown);
    for (int i = 0; i < expected.size(); i++) {
      Problem problem = found.get(i);
      String line =
          "%d %s %s".formatted(problem.place().line(), problem.code().code(), problem.message());
      assertEquals(
          expected.get(i),
          line.substring(0, Math.min(line.length(), expected.get(i).length())),
          shown);
    }
  }

  private static List<ConfigFile> files(String documents) {
    String text =
        documents
            .lines()
            .map(
                line -> {
                  String[] parts = line.split(" ", 3);
                  return "{apiVersion: gitlb.io/v1, kind: %s, metadata: {name: %s}, spec: %s}"
                      .formatted(parts[0], parts[1], parts[2]);
                })
            .collect(Collectors.joining("\n--- "));
    return List.of(new ConfigFile("a.yaml", "--- " + text));
  }
}
