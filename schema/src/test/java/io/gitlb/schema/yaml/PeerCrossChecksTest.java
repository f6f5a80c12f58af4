// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.CheckCase.LAN;
import static io.gitlb.schema.yaml.CheckCase.ROUTED;
import static io.gitlb.schema.yaml.CheckCase.is;
import static io.gitlb.schema.yaml.CheckCase.lines;
import static io.gitlb.schema.yaml.CheckCase.peer;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What peers, their BFD profiles, and advertisements to them say together.
class PeerCrossChecksTest {

  static List<CheckCase> peers() {
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

  static List<CheckCase> preferences() {
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
            "0, which is none",
            lan + "BGPAdvertisement c {localPref: 0}\n",
            "3 GLB1501 spec.localPref of BGPAdvertisement c is 0, which counts as none: peers of the own AS are told 100; write 1 for the lowest, or remove it"),
        is(
            "to peers of other AS, which are told of none",
            "IPAddressPool lan {addresses: [192.0.2.0/24]}\n"
                + peer("p", "")
                + a.formatted("").replace("localPref: 100", "localPref: 200"),
            "3 GLB1517 BGPAdvertisement a has localPref 200, and none of the peers that it is for is of the own AS: no other is told a local preference; remove it"),
        is(
            "likewise, with what is the default anyway",
            "IPAddressPool lan {addresses: [192.0.2.0/24]}\n" + peer("p", "") + a.formatted(""),
            ""),
        is(
            "other pools",
            lan
                + "IPAddressPool wan {addresses: [203.0.113.0/24]}\n"
                + a.formatted(", ipAddressPools: [lan]")
                + b.formatted(", ipAddressPools: [wan]"),
            ""));
  }

  static List<CheckCase> aggregates() {
    String pool = "IPAddressPool lan {addresses: [192.0.2.0/24]%s}\n" + peer("p", "");
    String ad = "BGPAdvertisement a {aggregationLength: %d}\n";
    return List.of(
        is(
            "beside what the pool excludes",
            pool.formatted(", exclude: [192.0.2.64-192.0.2.79]") + ad.formatted(24),
            "3 GLB1518 spec.aggregationLength 24 of BGPAdvertisement a: the route 192.0.2.0/24 of pool lan attracts traffic for 192.0.2.64-192.0.2.79, too, which the pool excludes: no node takes it; use 28 to 32"),
        is(
            "beside one address that the pool excludes",
            pool.formatted(", exclude: [192.0.2.1]") + ad.formatted(31),
            "3 GLB1518 spec.aggregationLength 31 of BGPAdvertisement a: the route 192.0.2.0/31 of pool lan attracts traffic for 192.0.2.1, too, which the pool excludes: no node takes it; use 32"),
        is(
            "where exclusions end with an aggregate",
            pool.formatted(", exclude: [192.0.2.64-192.0.2.79]") + ad.formatted(28),
            ""),
        is(
            "exclusions that are an aggregate together",
            pool.formatted(", exclude: [192.0.2.64-192.0.2.79, 192.0.2.80/28]") + ad.formatted(27),
            ""),
        is("without one", pool.formatted(", exclude: [192.0.2.1]") + "BGPAdvertisement a {}\n", ""),
        is(
            "beside what somebody else has reserved",
            pool.formatted(", exclude: [192.0.2.0/28]")
                + ad.formatted(24)
                + "ReservedRange r {addresses: [192.0.2.3-192.0.2.4], reason: routers}\n",
            "3 GLB1518 spec.aggregationLength 24 of BGPAdvertisement a: the route 192.0.2.0/24 of pool lan attracts traffic for 192.0.2.0-192.0.2.15, too, which the pool excludes, and some of which is reserved by ReservedRange r at a.yaml:4:"),
        is(
            "beyond a pool, which is refused",
            pool.formatted(", exclude: [192.0.2.0/28]") + ad.formatted(23),
            "3 GLB1308"),
        is(
            "of a pool that is not told of",
            pool.formatted(", announce: false, exclude: [192.0.2.0/28]") + ad.formatted(24),
            ""),
        is(
            "in IPv6",
            "IPAddressPool six {addresses: ['2001:db8::/112'], exclude: ['2001:db8::1']}\n"
                + peer("p", "dualStackAddressFamily: true")
                + "BGPAdvertisement a {aggregationLengthV6: 120}\n",
            "3 GLB1518 spec.aggregationLengthV6 120 of BGPAdvertisement a: the route 2001:db8::/120 of pool six attracts traffic for 2001:db8::1, too, which the pool excludes:"),
        is(
            "of blocks that other clusters may have",
            pool.formatted(", shared: true") + ad.formatted(27),
            "3 GLB1518 spec.aggregationLength 27 of BGPAdvertisement a: a route of the shared pool lan attracts traffic for blocks of 16 addresses, too, that other clusters lease: no node here takes it; use 28 to 32"),
        is("of blocks", pool.formatted(", shared: true") + ad.formatted(28), ""),
        is(
            "in the family that the pool has not",
            pool.formatted(", shared: true") + "BGPAdvertisement a {aggregationLengthV6: 64}\n",
            ""));
  }

  static List<CheckCase> bfd() {
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
            "a word on graceful restart beside BFD, without either",
            LAN + peer("p", "bfdWithGracefulRestart: true"),
            "3 GLB1501 spec.bfdWithGracefulRestart of BGPPeer p has no effect without spec.bfdProfile and spec.enableGracefulRestart: true; add what is missing, or remove it"),
        is(
            "without BFD",
            LAN + peer("p", "enableGracefulRestart: true, bfdWithGracefulRestart: true"),
            "3 GLB1501 spec.bfdWithGracefulRestart of BGPPeer p has no effect without spec.bfdProfile; add what is missing, or remove it"),
        is(
            "without graceful restart",
            LAN
                + peer("p", "bfdProfile: fast, bfdWithGracefulRestart: true")
                + "BFDProfile fast {}\n",
            "3 GLB1501 spec.bfdWithGracefulRestart of BGPPeer p has no effect without spec.enableGracefulRestart: true; add what is missing, or remove it"),
        is("no such word", LAN + peer("p", "bfdWithGracefulRestart: false"), ""),
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

  static List<CheckCase> sharedPaths() {
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

  static List<CheckCase> families() {
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
        is(
            "a pool on the segment",
            both + "BGPAdvertisement a {}\nL2Advertisement l {}\n" + peer("p", ""),
            ""),
        is(
            "nothing is said beside a peer that could not be read",
            both + "BGPAdvertisement a {}\n" + peer("p", "") + "BGPPeer q {myASN: 1}\n",
            "4 GLB1205\n4 GLB1205"));
  }

  @ParameterizedTest
  @MethodSource({"peers", "preferences", "aggregates", "bfd", "sharedPaths", "families"})
  void problemsAreThose(CheckCase wanted) {
    wanted.check();
  }
}
