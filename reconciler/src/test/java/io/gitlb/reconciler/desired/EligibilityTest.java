// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.schema.value.NodeName;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who is a candidate: links, cordon, endpoints, and those that are on their way out.
class EligibilityTest {

  private static final String A = "10.0.0.1";
  private static final String POOL = document("IPAddressPool", "lan", "addresses: [10.0.0.0/24]");
  private static final String PEER =
      document("BGPPeer", "tor", "myASN: 64512", "peerASN: 64513", "peerAddress: 192.0.2.1");

  private final DesiredStory story = new DesiredStory();

  private static String document(String kind, String name, String... spec) {
    return "---\napiVersion: gitlb.io/v1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + "}\nspec:\n  "
        + String.join("\n  ", spec)
        + "\n";
  }

  private static String layer2(String... spec) {
    return POOL + document("L2Advertisement", "l2", spec);
  }

  private DesiredStory web(String config) {
    story.nodes("n1", "n2", "n3").view.service(service("demo/web")).endpoints("demo/web", "n3");
    return story.allocated(A, "demo/web").config(config);
  }

  private Set<String> candidates(String node) {
    return new TreeSet<>(Arrays.asList(story.candidates(node, A).split(" ")));
  }

  private void node(String name, Readiness readiness, Scheduling scheduling) {
    story.view.node(
        new NodeView(
            new NodeName(name),
            ViewBuilder.labels(),
            List.of(),
            List.of(),
            readiness,
            Network.AVAILABLE,
            scheduling));
  }

  private void cordon(String... names) {
    for (String name : names) {
      node(name, Readiness.READY, Scheduling.CORDONED);
    }
  }

  @Test
  void aNodeOnAnotherLinkIsNoCandidate() {
    web(layer2("interfaces: []"))
        .link("n1", "eth0", "10.0.0.0/24")
        .link("n2", "eth0", "192.0.2.0/24");
    assertEquals(Set.of("n1", "n3"), candidates("n1"), "n3 has not said what it reaches");
    assertEquals("-", story.candidates("n2", A));
    story.link("n2", "eth1", "10.0.0.0/16");
    assertEquals(Set.of("n1", "n2", "n3"), candidates("n2"));
  }

  @Test
  void onlyTheInterfacesThatMayAnnounceCount() {
    web(layer2("interfaces: [eth1]"))
        .link("n1", "eth0", "10.0.0.0/24")
        .link("n1", "eth1", "192.0.2.0/24")
        .link("n2", "eth1", "10.0.0.0/24")
        .link("n3", "eth0", "10.0.0.0/24");
    assertEquals(Set.of("n2"), candidates("n2"));
  }

  @Test
  void withNobodyOnTheLinkTheReasonNamesNodesAndPrefixes() {
    web(layer2("interfaces: [eth0]"));
    for (String node : List.of("n1", "n2", "n3")) {
      story.link(node, "eth0", "192.0.2.0/24", "2001:db8::/64");
    }
    assertEquals("NotOnLink", story.reason(A));
    assertEquals(
        "no interface of n1, n2, n3 that layer 2 may answer on has it on its link; what they have there"
            + " is 192.0.2.0/24",
        story.message(A));
    assertEquals(0, story.build().placed().size());
  }

  @Test
  void routesGoOutFromNodesOnAnyLink() {
    web(layer2("interfaces: []") + document("BGPAdvertisement", "bgp", "peers: []") + PEER)
        .link("n1", "eth0", "192.0.2.0/24")
        .link("n2", "eth0", "10.0.0.0/24")
        .link("n3", "eth0", "192.0.2.0/24");
    assertEquals("n2", story.candidates("n1", A));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
    story.link("n2", "eth0", "192.0.2.0/24");
    assertEquals("-", story.candidates("n2", A));
    assertEquals("announced", story.reason(A));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n2", A));
  }

  @ParameterizedTest
  @CsvSource({"Keep,n1,3", "PreferOthers,n2,3", "Withdraw,n2,3"})
  void whatACordonMeansIsSaidByTheAdvertisement(String word, String first, int size) {
    web(layer2("onCordon: " + word, "preferredNodeSelectors: []")).owner(A, "n1");
    assertTrue(story.candidates("n2", A).startsWith("n1"));
    cordon("n1");
    node("n3", Readiness.NOT_READY, Scheduling.SCHEDULABLE);
    assertTrue(story.candidates("n2", A).startsWith(first), story.candidates("n2", A));
    assertEquals(size, candidates("n2").size(), "an owner stays last until another one answers");
    story.owner(A, "n2");
    assertEquals(!word.equals("Withdraw"), candidates("n2").contains("n1"));
  }

  @Test
  void cordonsNeverEmptyTheList() {
    web(layer2("onCordon: Withdraw"));
    cordon("n1", "n2");
    assertEquals(Set.of("n3"), candidates("n3"));
    cordon("n3");
    assertEquals(Set.of("n1", "n2", "n3"), candidates("n1"));
  }

  @Test
  void ofSeveralAdvertisementsTheWordThatKeepsMostCounts() {
    web(
        layer2("onCordon: Withdraw")
            + document("L2Advertisement", "other", "onCordon: Keep", "interfaces: [eth7]"));
    cordon("n1");
    story.owner(A, "n1");
    assertTrue(story.candidates("n1", A).startsWith("n1"));
  }

  @Test
  void conditionsNeverEmptyTheList() {
    web(layer2("onCordon: Withdraw"));
    for (String name : List.of("n1", "n2", "n3")) {
      story.view.node(
          new NodeView(
              new NodeName(name),
              ViewBuilder.labels(),
              List.of(),
              List.of(),
              Readiness.NOT_READY,
              Network.UNAVAILABLE,
              Scheduling.CORDONED));
    }
    assertEquals(Set.of("n1", "n2", "n3"), candidates("n1"));
  }

  @Test
  void underPolicyLocalThoseWithoutEndpointsFollowThoseWithOne() {
    web(layer2("interfaces: []")).view.service(service("demo/web").local(31_234));
    assertTrue(story.candidates("n1", A).startsWith("n3"), story.candidates("n1", A));
    assertEquals(Set.of("n1", "n2", "n3"), candidates("n1"));
    story.view.endpoints("demo/web", "n1", "n3");
    assertTrue(story.candidates("n2", A).endsWith("n2"), story.candidates("n2", A));
    for (String node : List.of("n1", "n2", "n3")) {
      assertEquals(31_234, story.healthCheckNodePort(node, A), node);
    }
    story.owner(A, "n1");
    assertTrue(story.candidates("n2", A).startsWith("n1"));
    story.view.endpoints("demo/web", "n3");
    assertTrue(story.candidates("n2", A).startsWith("n3"), "no stickiness without an endpoint");
  }

  @Test
  void anEndpointWeighsMoreThanTroubleAndPreference() {
    web(
        layer2(
            "preferredNodeSelectors:",
            "- {weight: 9, preference: {matchLabels: {fast: \"yes\"}}}"));
    story.view.node("n1", "fast=yes").service(service("demo/web").local(31_234));
    node("n3", Readiness.NOT_READY, Scheduling.CORDONED);
    assertEquals("n3 n1 n2", story.candidates("n2", A));
  }

  @Test
  void underPolicyLocalOnlyNodesWithAnEndpointTellRouters() {
    web(layer2("interfaces: []") + document("BGPAdvertisement", "bgp", "peers: []") + PEER);
    story.view.service(service("demo/web").local(31_234));
    assertEquals("", story.routes("n1", A));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n3", A));
    assertTrue(story.candidates("n1", A).startsWith("n3"));
  }

  @Test
  void withoutAPlaceToAskOnlyNodesWithAnEndpointAreCandidates() {
    web(layer2("interfaces: []")).view.service(service("demo/web").local());
    assertEquals("n3", story.candidates("n3", A));
    assertEquals("-", story.candidates("n1", A));
    assertEquals(0, story.healthCheckNodePort("n3", A));
  }

  @Test
  void policyClusterAsksNobody() {
    web(layer2("interfaces: []"));
    assertEquals(0, story.healthCheckNodePort("n1", A));
  }

  @Test
  void ofSeveralServicesTheLowestPortIsAskedAndOnlyWhenAllAreLocal() {
    story.nodes("n1").shared(A, "demo/a", "demo/b").config(layer2("interfaces: []"));
    story.view.service(service("demo/a").local(31_500)).service(service("demo/b").local(31_400));
    story.view.endpoints("demo/a", "n1").endpoints("demo/b", "n1");
    assertEquals(31_400, story.healthCheckNodePort("n1", A));
    story.view.service(service("demo/b"));
    assertEquals(0, story.healthCheckNodePort("n1", A));
  }

  @Test
  void withNoEndpointOnANodeThatMayAnnounceNobodyDoes() {
    web(layer2("interfaces: []")).view.service(service("demo/web").local(31_234));
    story.view.endpoints("demo/web", "elsewhere");
    assertEquals("NoLocalEndpoint", story.reason(A));
  }

  @Test
  void aDepartingOwnerStaysLastUntilSomebodyElseHolds() {
    web(layer2("nodeSelectors: [{matchLabels: {rack: a}}]"));
    story.view.node("n1", "rack=a").node("n2", "rack=a").node("n3", "rack=b");
    story.owner(A, "n3");
    String list = story.candidates("n3", A);
    assertTrue(list.endsWith(" n3"), list);
    assertEquals(list, story.candidates("n1", A), "everybody has the same list");
    story.owner(A, "n1");
    assertEquals("-", story.candidates("n3", A));
    assertFalse(story.candidates("n1", A).contains("n3"));
  }

  @Test
  void aDepartingOwnerWithoutASpeakerIsGone() {
    web(layer2("nodeSelectors: [{matchLabels: {rack: a}}]"));
    story.view.node("n1", "rack=a").node("n2", "rack=a");
    story.owner(A, "n9");
    assertEquals(Set.of("n1", "n2"), candidates("n1"));
  }

  @Test
  void anOwnerWhoseLinkIsGoneStaysLastToo() {
    web(layer2("interfaces: []"))
        .link("n1", "eth0", "192.0.2.0/24")
        .link("n2", "eth0", "10.0.0.0/24")
        .owner(A, "n1");
    assertTrue(story.candidates("n2", A).endsWith(" n1"));
  }

  @Test
  void aMoveForBalanceComesFirstAndTheOwnerNext() {
    story.nodes("n4", "n5");
    web(layer2("interfaces: []")).owner(A, "n1");
    for (String to : List.of("n2", "n3", "n4", "n5")) {
      assertTrue(story.move(A, to).candidates("n1", A).startsWith(to + " n1 "), to);
    }
    cordon("n2");
    assertTrue(story.move(A, "n2").candidates("n1", A).startsWith("n1 "), "n2 is worse off");
  }
}
