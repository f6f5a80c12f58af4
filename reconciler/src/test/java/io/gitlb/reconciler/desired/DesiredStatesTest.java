// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.desired.DesiredStory.A;
import static io.gitlb.reconciler.desired.DesiredStory.BGP;
import static io.gitlb.reconciler.desired.DesiredStory.LAYER2;
import static io.gitlb.reconciler.desired.DesiredStory.POOL;
import static io.gitlb.reconciler.desired.DesiredStory.document;
import static io.gitlb.reconciler.desired.DesiredStory.peer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.RecordReader;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DesiredStatesTest {

  private final DesiredStory story = new DesiredStory();

  @Test
  void everyCandidateGetsTheSameList() {
    story.web().config(LAYER2);
    String candidates = story.candidates("n1", A);
    assertEquals(List.of("n1", "n2", "n3"), Arrays.stream(candidates.split(" ")).sorted().toList());
    assertEquals(candidates, story.candidates("n2", A));
    assertEquals("announced", story.reason(A));
  }

  @Test
  void theAnnouncementCarriesTheRecord() {
    story.web().config(LAYER2);
    assertEquals(
        IpAddress.of(A),
        RecordReader.read(
                story.node("n1").announcements().find(IpAddress.of(A)).orElseThrow().record())
            .orElseThrow()
            .address());
  }

  @Test
  void thePresentOwnerComesFirst() {
    story.web().config(LAYER2);
    for (String node : List.of("n1", "n2", "n3")) {
      assertTrue(story.owner(A, node).candidates("n1", A).startsWith(node));
    }
    story.owner(A, "gone");
    assertEquals(2, story.candidates("n1", A).chars().filter(c -> c == ' ').count());
  }

  @Test
  void addressesAreSpreadOverTheNodes() {
    story.nodes("n1", "n2", "n3", "n4").config(LAYER2);
    Map<String, Integer> firsts = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      String service = "demo/s" + i;
      story.view.service(service(service)).endpoints(service, "n1");
      story.allocated("10.0.0." + i, service);
    }
    for (int i = 0; i < 200; i++) {
      firsts.merge(story.candidates("n1", "10.0.0." + i).substring(0, 2), 1, Integer::sum);
    }
    assertEquals(4, firsts.size());
    firsts.values().forEach(count -> assertTrue(count > 25 && count < 75, firsts::toString));
  }

  @Test
  void aNodeThatLeavesMovesOnlyItsOwnAddresses() {
    story.web().config(LAYER2);
    String before = story.candidates("n1", A);
    String last = before.substring(before.lastIndexOf(' ') + 1);
    story.view.withoutNode(last);
    assertEquals(
        before.substring(0, before.lastIndexOf(' ')),
        story.candidates(before.substring(0, before.indexOf(' ')), A));
  }

  @Test
  void nodeSelectorsAndTheExcludeLabelDecideWhoMay() {
    story
        .view
        .node("n1", "rack=a")
        .node("n2", "rack=b")
        .node("n3", "rack=a", NodeView.EXCLUDE_LABEL + "=");
    story.speakers("n1", "n2", "n3").allocated(A, "demo/web");
    story.view.service(service("demo/web")).endpoints("demo/web", "n2");
    story.config(
        POOL + document("L2Advertisement", "l2", "nodeSelectors: [{matchLabels: {rack: a}}]"));
    assertEquals("n1", story.candidates("n1", A));
    assertEquals("-", story.candidates("n2", A));
    story.view.node("n1", "rack=c");
    assertEquals("NoEligibleNode", story.reason(A));
  }

  @Test
  void nodesInTroubleComeLastButStay() {
    story.web().config(LAYER2).owner(A, "n1");
    assertTrue(story.candidates("n1", A).startsWith("n1"));
    story.trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    assertTrue(story.candidates("n1", A).endsWith("n1"));
    story.trouble("n2", Readiness.NOT_READY, Network.AVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("n3 n1 n2", story.candidates("n1", A));
    story.trouble("n3", Readiness.READY, Network.UNAVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("n1 n2 n3", story.candidates("n1", A));
  }

  @Test
  void preferredWeightsBeatTheOwnerAndAddUp() {
    story.view.node("n1", "rack=a").node("n2", "rack=b", "fast=yes").node("n3", "rack=c");
    story.speakers("n1", "n2", "n3").owner(A, "n3").allocated(A, "demo/web");
    story.view.service(service("demo/web")).endpoints("demo/web", "n2");
    story.config(
        POOL
            + document(
                "L2Advertisement",
                "l2",
                "preferredNodeSelectors:",
                "- {weight: 10, preference: {matchLabels: {rack: a}}}",
                "- {weight: 6, preference: {matchLabels: {rack: b}}}",
                "- {weight: 5, preference: {matchLabels: {fast: \"yes\"}}}"));
    assertEquals("n2 n1 n3", story.candidates("n1", A));
  }

  @Test
  void interfacesOfSeveralAdvertisementsAreUnited() {
    story
        .web()
        .config(
            POOL
                + document("L2Advertisement", "one", "interfaces: [eth1]")
                + document("L2Advertisement", "two", "interfaces: [eth0, eth1]"));
    assertEquals(List.of("eth0", "eth1"), story.interfaces("n1", A));
    story.config(LAYER2 + document("L2Advertisement", "two", "interfaces: [eth0]"));
    assertEquals(List.of(), story.interfaces("n1", A));
  }

  @Test
  void aServiceWithoutEndpointsIsNotAnnounced() {
    story.web().config(LAYER2).view.endpoints("demo/web");
    assertEquals("NoEndpoint", story.reason(A));
    assertEquals("-", story.candidates("n1", A));
  }

  @Test
  void underPolicyLocalOnlyNodesWithAnEndpointAnnounce() {
    story
        .web()
        .config(
            BGP + document("L2Advertisement", "l2", "interfaces: []") + peer("tor", "192.0.2.1"));
    story.view.service(service("demo/web").local());
    assertEquals("n3", story.candidates("n3", A));
    assertEquals("", story.routes("n1", A));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n3", A));
    story.view.withoutNode("n3");
    assertEquals("NoLocalEndpoint", story.reason(A));
  }

  @Test
  void aNodeWithoutASpeakerIsNoCandidate() {
    story.speakers("n2").view.node("n1").node("n2").service(service("demo/web"));
    story.view.endpoints("demo/web", "n1");
    story.config(LAYER2).allocated(A, "demo/web");
    assertEquals("n2", story.candidates("n2", A));
    story.view.withoutNode("n2");
    assertEquals("NoSpeaker", story.reason(A));
  }

  @Test
  void advertisementsSelectPoolsAndServices() {
    story.web().config(POOL);
    assertEquals("NoAdvertisement", story.reason(A));
    story.config(
        POOL
            + document("L2Advertisement", "l2", "ipAddressPoolSelectors: [{matchLabels: {a: b}}]"));
    assertEquals("NoAdvertisement", story.reason(A));
    story.config(
        POOL
            + document(
                "L2Advertisement",
                "l2",
                "ipAddressPools: [lan]",
                "serviceSelectors: [{matchLabels: {a: b}}]"));
    assertEquals("NoAdvertisement", story.reason(A));
    story.view.service(service("demo/web").labels("a=b"));
    assertEquals("announced", story.reason(A));
  }

  @Test
  void whatNobodyHasIsNotAnnounced() {
    story.web().config(LAYER2);
    for (State state : List.of(State.PROBING, State.RELEASING, State.RETAINED, State.RESTING)) {
      story.record(A, "lan", "demo/web", state);
      assertEquals(Map.of(), story.node("n1").announcements(), state::text);
      assertEquals(0, story.build().placed().size(), state::text);
    }
  }

  @Test
  void nobodyAnnouncesTheAddressesOfAPoolThatSaysSo() {
    story.web().config(LAYER2).silent("lan");
    assertEquals("AnnouncingOff", story.reason(A));
    assertEquals(Map.of(), story.node("n1").announcements());
    assertEquals(
        "pool lan says announce: false; nobody announces its addresses",
        story.build().notAnnounced().find(IpAddress.of(A)).orElseThrow().message());
  }

  @Test
  void anAdvertisementThatSelectsOneOfSeveralHoldersAnnouncesTheSharedAddressForAll() {
    story.nodes("n1", "n2").shared(A, "demo/dns-tcp", "demo/dns-udp");
    story.view.service(service("demo/dns-tcp").labels("l2=shared")).endpoints("demo/dns-tcp", "n1");
    story.view.service(service("demo/dns-udp")).endpoints("demo/dns-udp");
    story.config(
        POOL
            + document("L2Advertisement", "l2", "serviceSelectors: [{matchLabels: {l2: shared}}]"));
    assertEquals(2, story.candidates("n1", A).split(" ").length);
    assertEquals(story.candidates("n1", A), story.candidates("n2", A));
    story.view.service(service("demo/dns-tcp"));
    assertEquals("NoAdvertisement", story.reason(A));
  }

  @Test
  void aSharedAddressIsOneAnnouncementFromOneNode() {
    story.nodes("n1", "n2", "n3").shared(A, "demo/dns-tcp", "demo/dns-udp").config(LAYER2);
    story.view.service(service("demo/dns-tcp")).endpoints("demo/dns-tcp", "n1");
    story.view.service(service("demo/dns-udp")).endpoints("demo/dns-udp", "n3");
    assertEquals(1, story.node("n1").announcements().size());
    assertEquals(story.candidates("n1", A), story.candidates("n3", A));
  }

  @Test
  void oneHolderWithEndpointsKeepsASharedAddressAnnounced() {
    story.nodes("n1").shared(A, "demo/dns-tcp", "demo/dns-udp").config(LAYER2);
    story.view.service(service("demo/dns-tcp")).service(service("demo/dns-udp"));
    story.view.endpoints("demo/dns-tcp").endpoints("demo/dns-udp", "n1");
    assertEquals("announced", story.reason(A));
    story.view.endpoints("demo/dns-udp");
    assertEquals("NoEndpoint", story.reason(A));
  }

  @Test
  void aHeldRecordIsAnnouncedUnderTheDefinitionsOfItsCommit() {
    story.web().record(A, "lan", "demo/web", State.HELD);
    String moved = document("IPAddressPool", "new", "addresses: [10.9.0.0/24]");
    story.config(moved).frozen(LAYER2);
    assertEquals("announced", story.reason(A));
    story.allocated(A, "demo/web");
    assertEquals("NoAdvertisement", story.reason(A));
  }

  @Test
  void nodesThatAnnounceTheSameShareOneMapOfIt() {
    story.web().config(BGP + document("L2Advertisement", "l2", "interfaces: []"));
    story.view.node("n3", "rack=other");
    DesiredContent content = story.build();
    NodeContent one = content.nodes().find(new NodeName("n1")).orElseThrow();
    NodeContent other = content.nodes().find(new NodeName("n3")).orElseThrow();
    assertSame(one.announcements(), other.announcements());
  }

  @Test
  void aNodeThatHasOnlyPeersOrNothingStillHasAState() {
    story.nodes("n1").speakers("unknown").config(peer("tor", "192.0.2.1"));
    assertEquals(
        new TreeSet<>(List.of(new NodeName("n1"), new NodeName("unknown"))),
        story.build().nodes().keySet());
    assertEquals("tor", story.node("n1").peers().getFirst().name().value());
    assertEquals(List.of(), story.node("unknown").peers());
  }
}
