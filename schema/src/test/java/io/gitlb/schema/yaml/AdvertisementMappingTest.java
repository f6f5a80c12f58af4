// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.Reads.accepted;
import static io.gitlb.schema.yaml.Reads.document;
import static io.gitlb.schema.yaml.Reads.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.L2Advertisement.Rebalance;
import io.gitlb.schema.model.OnCordon;
import io.gitlb.schema.model.PoolSelection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdvertisementMappingTest {

  private static final String POOL =
      "\n---\n" + document("gitlb.io/v1", "IPAddressPool", "addresses: [192.0.2.0/24]");

  private static L2Advertisement l2(String... fields) {
    return accepted(document("metallb.io/v1beta1", "L2Advertisement", fields) + POOL)
        .l2Advertisements()
        .getFirst();
  }

  private static BgpAdvertisement bgp(String... fields) {
    return accepted(document("metallb.io/v1beta1", "BGPAdvertisement", fields) + POOL)
        .bgpAdvertisements()
        .getFirst();
  }

  private static List<String> refused(String kind, String... fields) {
    return problems(document("metallb.io/v1beta1", kind, fields) + POOL);
  }

  @Test
  void anAdvertisementWithoutASpecIsForAllPools() {
    String bare = "apiVersion: metallb.io/v1beta1\nkind: %s\nmetadata: {name: a}\n";
    assertEquals(
        PoolSelection.ALL,
        accepted(bare.formatted("L2Advertisement")).l2Advertisements().getFirst().pools());
    BgpAdvertisement bgp =
        accepted(bare.formatted("BGPAdvertisement")).bgpAdvertisements().getFirst();
    assertEquals(PoolSelection.ALL, bgp.pools());
    assertEquals(32, bgp.aggregationLengthIpv4());
    assertEquals(128, bgp.aggregationLengthIpv6());
    assertEquals(OptionalLong.empty(), bgp.localPreference());
    assertEquals(List.of(), bgp.communities());
    assertEquals(List.of(), List.copyOf(bgp.peers()));
  }

  @Test
  void everyFieldOfAnL2AdvertisementIsRead() {
    L2Advertisement read =
        l2(
            "ipAddressPools: [x]",
            "ipAddressPoolSelectors: [{matchLabels: {a: b}}]",
            "nodeSelectors: [{matchLabels: {c: d}}]",
            "interfaces: [eth1, eth0]",
            "serviceSelectors: [{matchLabels: {e: f}}]",
            "preferredNodeSelectors: [{weight: 50, preference: {matchLabels: {g: h}}}]");
    assertEquals("[x]", read.pools().names().toString());
    assertEquals("b", read.pools().selectors().getFirst().matchLabels().get("a"));
    assertEquals("d", read.nodeSelectors().getFirst().matchLabels().get("c"));
    assertEquals(List.of("eth0", "eth1"), read.interfaces());
    assertEquals("f", read.serviceSelectors().getFirst().matchLabels().get("e"));
    assertEquals(50, read.preferredNodes().getFirst().weight());
    assertEquals("h", read.preferredNodes().getFirst().preference().matchLabels().get("g"));
  }

  @Test
  void whatOursAddsToAnL2AdvertisementIsReadInOursOnly() {
    L2Advertisement plain = l2("interfaces: []");
    assertEquals(OnCordon.PREFER_OTHERS, plain.onCordon());
    assertEquals(Rebalance.GRADUAL, plain.rebalance());
    for (OnCordon one : OnCordon.values()) {
      assertEquals(one, ours("onCordon: " + one.text()).onCordon());
    }
    for (Rebalance one : Rebalance.values()) {
      assertEquals(one, ours("rebalance: " + one.text()).rebalance());
    }
    assertEquals(
        List.of(
            "a.yaml:7:3: GLB1204 unknown field \"onCordon\" in spec of L2Advertisement x: it needs"
                + " apiVersion: gitlb.io/v1"),
        refused("L2Advertisement", "ipAddressPools: [x]", "onCordon: Keep"));
  }

  @Test
  void whatACordonMeansToRoutesIsReadInOursOnly() {
    assertEquals(OnCordon.PREFER_OTHERS, bgp("peers: []").onCordon());
    for (OnCordon one : OnCordon.values()) {
      assertEquals(
          one,
          accepted(document("gitlb.io/v1", "BGPAdvertisement", "onCordon: " + one.text()) + POOL)
              .bgpAdvertisements()
              .getFirst()
              .onCordon());
    }
    assertEquals(1, refused("BGPAdvertisement", "onCordon: Keep").size());
  }

  private static L2Advertisement ours(String field) {
    return accepted(document("gitlb.io/v1", "L2Advertisement", field) + POOL)
        .l2Advertisements()
        .getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "onCordon: keep | is none of these; allowed: Keep, PreferOthers, Withdraw",
        "rebalance: Sometimes | must be Never or Gradual",
      })
  void anotherWordIsRefusedAndTheRightOnesAreSaid(String field, String message) {
    List<String> problems = problems(document("gitlb.io/v1", "L2Advertisement", field) + POOL);
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().endsWith(message), problems.getFirst());
  }

  @Test
  void everyFieldOfABgpAdvertisementIsRead() {
    BgpAdvertisement read =
        bgp(
            "ipAddressPools: [x]",
            "aggregationLength: 24",
            "aggregationLengthV6: 64",
            "localPref: 4294967295",
            "communities: [no-export, 64512:100, large:64512:1:2]",
            "nodeSelectors: [{matchLabels: {c: d}}]");
    assertEquals(24, read.aggregationLengthIpv4());
    assertEquals(64, read.aggregationLengthIpv6());
    assertEquals(OptionalLong.of(4_294_967_295L), read.localPreference());
    assertEquals(
        List.of("64512:100", "large:64512:1:2"),
        read.communities().stream().map(Object::toString).toList());
    assertEquals(Set.of("no-export"), read.communityAliases());
    assertEquals(
        List.of("64512:100", "65535:65281", "large:64512:1:2"),
        Definitions.NONE.with(read).resolvedBgpAdvertisements().getFirst().communities().stream()
            .map(Object::toString)
            .toList());
  }

  @Test
  void aLocalPreferenceOfZeroMeansNotSet() {
    assertEquals(OptionalLong.empty(), bgp("localPref: 0").localPreference());
  }

  @ParameterizedTest
  @CsvSource({
    "interfaces: [a/b], is not the name of a network interface",
    "interfaces: [aaaaaaaaaaaaaaaa], is not the name of a network interface",
    "interfaces: [''], must not be empty",
    "'preferredNodeSelectors: [{weight: 0, preference: {}}]', must be from 1 to 100",
    "'preferredNodeSelectors: [{weight: 101, preference: {}}]', must be from 1 to 100",
    "preferredNodeSelectors: [{weight: 5}], preference of L2Advertisement x is missing",
    "'nodeSelectors: [{matchLabels: {a: b}}, {matchLabels: {a: b}}]', stands twice in the list",
    "peers: [tor], unknown field \"peers\"",
    "ipAddressPools: x, it must be a list; put it after a dash",
  })
  void mistakesInAnL2AdvertisementAreNamed(String field, String expected) {
    List<String> found = refused("L2Advertisement", field);
    assertEquals(1, found.size(), found::toString);
    assertEquals(
        1, found.stream().filter(line -> line.contains(expected)).count(), found::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "aggregationLength: 0, must be from 1 to 32",
    "aggregationLength: 33, must be from 1 to 32",
    "aggregationLengthV6: 129, must be from 1 to 128",
    "localPref: 4294967296, must be from 0 to 4294967295",
    "communities: [no-exprot], (did you mean \"no-export\"?)",
    "communities: [65536:1], is not a community",
    "communities: ['large:1:2'], is not a community",
    "communities: ['large:1:2:4294967296'], is not a community",
    "'communities: [no-export, no-export]', stands twice in the list",
    "'communities: [1:2, 01:2]', stands twice in the list",
    "peers: [tor], 'names the BGPPeer \"tor\", which is not defined; none is defined'",
  })
  void mistakesInABgpAdvertisementAreNamed(String field, String expected) {
    List<String> found = refused("BGPAdvertisement", field);
    assertEquals(1, found.size(), found::toString);
    assertEquals(
        1, found.stream().filter(line -> line.contains(expected)).count(), found::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"aggregationLength: 24", "aggregationLengthV6: 64"})
  void anAggregateOfSelectedServicesIsRefused(String length) {
    assertEquals(
        List.of(
            "a.yaml:7:3: GLB1207 spec.serviceSelectors of BGPAdvertisement x cannot be used with an"
                + " aggregation length; remove one"),
        refused("BGPAdvertisement", length, "serviceSelectors: [{}]"));
  }

  @Test
  void anUnknownPoolIsNamedAtItsPlaceWithTheNearest() {
    assertEquals(
        List.of(
            "a.yaml:6:23: GLB1305 spec.ipAddressPools of L2Advertisement x names the IPAddressPool"
                + " \"xx\", which is not defined (did you mean \"x\"?); defined: x"),
        refused("L2Advertisement", "ipAddressPools: [x, xx]"));
  }

  @Test
  void anAggregateBeyondThePoolIsRefusedAtItsPlace() {
    assertEquals(
        List.of(
            "a.yaml:6:22: GLB1308 spec.aggregationLength 23 of BGPAdvertisement x reaches beyond"
                + " pool x, which has addresses in a block of /24 (192.0.2.0/24); use 24 to 32"),
        refused("BGPAdvertisement", "aggregationLength: 23"));
  }
}
