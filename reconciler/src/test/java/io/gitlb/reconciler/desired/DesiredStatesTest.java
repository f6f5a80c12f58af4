// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.RecordReader;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Password;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DesiredStatesTest {

  private static final String POOL =
      document("IPAddressPool", "lan", "addresses: [\"10.0.0.0/24\", \"2001:db8::/64\"]");
  private static final String LAYER2 = POOL + document("L2Advertisement", "l2", "interfaces: []");
  private static final String BGP = POOL + document("BGPAdvertisement", "bgp", "peers: []");
  private static final String A = "10.0.0.1";

  private final DesiredStory story = new DesiredStory();

  private static String document(String kind, String name, String... spec) {
    return "---\napiVersion: gitlb.io/v1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + "}\nspec:\n"
        + Arrays.stream(spec).map(line -> "  " + line + "\n").collect(Collectors.joining());
  }

  private static String peer(String name, String address, String... more) {
    return document("BGPPeer", name, "myASN: 64512", "peerASN: 64513", "peerAddress: " + address)
        + Arrays.stream(more).map(line -> "  " + line + "\n").collect(Collectors.joining());
  }

  private DesiredStory web() {
    story.nodes("n1", "n2", "n3").view.service(service("demo/web")).endpoints("demo/web", "n3");
    return story.allocated(A, "demo/web");
  }

  @Test
  void everyCandidateGetsTheSameList() {
    web().config(LAYER2);
    String candidates = story.candidates("n1", A);
    assertEquals(List.of("n1", "n2", "n3"), Arrays.stream(candidates.split(" ")).sorted().toList());
    assertEquals(candidates, story.candidates("n2", A));
    assertEquals("announced", story.reason(A));
  }

  @Test
  void theAnnouncementCarriesTheRecord() {
    web().config(LAYER2);
    assertEquals(
        IpAddress.of(A),
        RecordReader.read(
                story.node("n1").announcements().find(IpAddress.of(A)).orElseThrow().record())
            .orElseThrow()
            .address());
  }

  @Test
  void thePresentOwnerComesFirst() {
    web().config(LAYER2);
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
    web().config(LAYER2);
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
    web().config(LAYER2).owner(A, "n1");
    assertTrue(story.candidates("n1", A).startsWith("n1"));
    trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    assertTrue(story.candidates("n1", A).endsWith("n1"));
    trouble("n2", Readiness.NOT_READY, Network.AVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("n3 n1 n2", story.candidates("n1", A));
    trouble("n3", Readiness.READY, Network.UNAVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("n1 n2 n3", story.candidates("n1", A));
  }

  @Test
  void routersAreAskedToPreferOthersToANodeThatIsCordoned() {
    web().config(BGP + peer("tor", "192.0.2.1"));
    trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    assertEquals("10.0.0.1/32>[tor] pref 0 [65535:0]", story.routes("n1", A));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n2", A));
    trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
    story.config(
        POOL + document("BGPAdvertisement", "bgp", "onCordon: Keep") + peer("tor", "192.0.2.1"));
    trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
  }

  private void trouble(String node, Readiness readiness, Network network, Scheduling scheduling) {
    story.view.node(
        new NodeView(
            new NodeName(node),
            ViewBuilder.labels(),
            List.of(),
            List.of(),
            readiness,
            network,
            scheduling));
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
    web()
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
    web().config(LAYER2).view.endpoints("demo/web");
    assertEquals("NoEndpoint", story.reason(A));
    assertEquals("-", story.candidates("n1", A));
  }

  @Test
  void underPolicyLocalOnlyNodesWithAnEndpointAnnounce() {
    web()
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
    web().config(POOL);
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
  void aHostRouteGoesToEveryPeerOfEveryNode() {
    web().config(BGP + peer("tor", "192.0.2.1") + peer("spine", "192.0.2.2"));
    assertEquals("10.0.0.1/32>[spine, tor]", story.routes("n1", A));
    assertEquals("-", story.candidates("n1", A));
    assertEquals(2, story.node("n2").peers().size());
  }

  @Test
  void aggregatesCommunitiesAndPreferencesAreSent() {
    web().allocated("2001:db8::7", "demo/web");
    story.config(
        POOL
            + document(
                "BGPAdvertisement",
                "bgp",
                "aggregationLength: 24",
                "aggregationLengthV6: 64",
                "localPref: 200",
                "communities: [\"64512:7\", \"large:64512:1:2\"]",
                "peers: [tor]")
            + peer("tor", "192.0.2.1")
            + peer("spine", "192.0.2.2"));
    assertEquals("10.0.0.0/24>[tor] pref 200 [64512:7, large:64512:1:2]", story.routes("n1", A));
    assertEquals(
        "2001:db8::/64>[tor] pref 200 [64512:7, large:64512:1:2]",
        story.routes("n1", "2001:db8::7"));
  }

  @Test
  void severalAdvertisementsAreUnitedForEachPeer() {
    web()
        .config(
            POOL
                + document("BGPAdvertisement", "one", "communities: [\"1:1\"]", "localPref: 100")
                + document(
                    "BGPAdvertisement",
                    "two",
                    "communities: [\"2:2\"]",
                    "peers: [tor]",
                    "localPref: 100")
                + peer("tor", "192.0.2.1")
                + peer("spine", "192.0.2.2"));
    assertEquals(
        "10.0.0.1/32>[spine] pref 100 [1:1]; 10.0.0.1/32>[tor] pref 100 [1:1, 2:2]",
        story.routes("n1", A));
  }

  @Test
  void aliasesOfCommunitiesAreResolved() {
    web()
        .config(
            POOL
                + document("Community", "c", "communities: [{name: vpn, value: \"64512:7\"}]")
                + document("BGPAdvertisement", "bgp", "communities: [vpn, no-export]")
                + peer("tor", "192.0.2.1"));
    assertEquals("10.0.0.1/32>[tor] [64512:7, 65535:65281]", story.routes("n1", A));
  }

  @Test
  void aPeerWithoutAnAddressIsForTheSpeakerToFind() {
    web()
        .config(
            BGP
                + document(
                    "BGPPeer",
                    "tor",
                    "myASN: 64512",
                    "dynamicASN: external",
                    "interface: eth1",
                    "vrf: red"));
    PeerSettings peer = story.node("n1").peers().getFirst();
    assertEquals(PeerSettings.UNKNOWN_ADDRESS, peer.peerAddress());
    assertEquals(Optional.of("eth1"), peer.extras().interfaceName());
    assertEquals(Optional.of("red"), peer.extras().vrf());
    assertEquals(Set.of(IpFamily.values()), peer.extras().families());
  }

  @Test
  void thePasswordOfASecretReachesTheSpeakersOfItsPeer() {
    web().view.secret("tor", "s3cr3t");
    story.config(
        BGP
            + peer("tor", "192.0.2.1", "passwordSecret: {name: tor}")
            + peer("leaf", "192.0.2.2", "passwordSecret: {name: leaf}"));
    List<PeerSettings> peers = story.node("n1").peers();
    assertEquals(
        Optional.of(
            new PeerPassword.Missing(
                "there is no Secret leaf of the type kubernetes.io/basic-auth in the namespace"
                    + " gitlb-system")),
        peers.get(0).extras().password());
    assertEquals(Optional.of(given("s3cr3t")), peers.get(1).extras().password());
    assertFalse(story.build().toString().contains("s3cr3t"));
  }

  @Test
  void anotherPasswordIsAnotherStateOfTheNodeAndNothingElse() {
    web().view.secret("tor", "old");
    story.config(BGP + peer("tor", "192.0.2.1", "passwordSecret: {name: tor}"));
    DesiredStates states = new DesiredStates();
    DesiredContent before = states.build(story.input());
    story.view.secret("tor", "new");
    DesiredContent after = states.build(story.input());
    NodeName node = new NodeName("n1");
    assertEquals(
        Optional.of(given("new")),
        after.nodes().find(node).orElseThrow().peers().getFirst().extras().password());
    assertSame(
        before.nodes().find(node).orElseThrow().announcements(),
        after.nodes().find(node).orElseThrow().announcements());
  }

  private static PeerPassword given(String password) {
    return new PeerPassword.Given(Password.of(password.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void whatAPeerAsksForReachesTheSpeaker() {
    web()
        .config(
            BGP
                + peer(
                    "tor",
                    "192.0.2.1",
                    "localASN: 64999",
                    "dualStackAddressFamily: true",
                    "enableGracefulRestart: true",
                    "passive: true",
                    "ttlSecurity: 1"));
    PeerSettings tor = story.node("n1").peers().getFirst();
    assertEquals(new Asn(64_999), tor.myAsn());
    assertEquals(List.of(IpFamily.values()), List.copyOf(tor.extras().families()));
    assertEquals(Optional.of(Duration.ofMinutes(2)), tor.extras().restartTime());
    assertEquals(Optional.empty(), tor.extras().password());
    assertEquals(Initiative.PASSIVE, tor.extras().initiative());
    assertEquals(OptionalInt.of(1), tor.extras().ttlSecurity());
  }

  @Test
  void aPeerThatMerelyLacksSomethingIsDialled() {
    web()
        .config(
            BGP
                + document("BFDProfile", "fast")
                + peer(
                    "tor",
                    "192.0.2.1",
                    "bfdProfile: fast",
                    "enableGracefulRestart: true",
                    "bfdWithGracefulRestart: true"));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
    assertEquals(
        Optional.of(
            new BfdSettings(
                Duration.ofMillis(300), Duration.ofMillis(300), 3, BfdSettings.Role.ACTIVE, 254)),
        story.node("n1").peers().getFirst().extras().bfd());
  }

  @Test
  void peersAreForTheNodesThatTheySelect() {
    story.view.node("n1", "rack=a").node("n2", "rack=b").service(service("demo/web"));
    story.speakers("n1", "n2").allocated(A, "demo/web").view.endpoints("demo/web", "n1");
    story.config(BGP + peer("tor", "192.0.2.1", "nodeSelectors: [{matchLabels: {rack: a}}]"));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
    assertEquals("", story.routes("n2", A));
    assertEquals(List.of(), story.node("n2").peers());
    story.view.node("n1", "rack=c");
    assertEquals("NoPeer", story.reason(A));
  }

  @Test
  void routesAvoidNodesWhoseNetworkIsDownUnlessAllAre() {
    web().config(BGP + peer("tor", "192.0.2.1"));
    trouble("n1", Readiness.READY, Network.UNAVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("", story.routes("n1", A));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n2", A));
    trouble("n2", Readiness.READY, Network.UNAVAILABLE, Scheduling.SCHEDULABLE);
    trouble("n3", Readiness.READY, Network.UNAVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
  }

  @Test
  void whatNobodyHasIsNotAnnounced() {
    web().config(LAYER2);
    for (State state : List.of(State.PROBING, State.RELEASING, State.RETAINED, State.RESTING)) {
      story.record(A, "lan", "demo/web", state);
      assertEquals(Map.of(), story.node("n1").announcements(), state::text);
      assertEquals(0, story.build().placed().size(), state::text);
    }
  }

  @Test
  void nobodyAnnouncesTheAddressesOfAPoolThatSaysSo() {
    web().config(LAYER2).silent("lan");
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
    web().record(A, "lan", "demo/web", State.HELD);
    String moved = document("IPAddressPool", "new", "addresses: [10.9.0.0/24]");
    story.config(moved).frozen(LAYER2);
    assertEquals("announced", story.reason(A));
    story.allocated(A, "demo/web");
    assertEquals("NoAdvertisement", story.reason(A));
  }

  @Test
  void nodesThatAnnounceTheSameShareOneMapOfIt() {
    web().config(BGP + document("L2Advertisement", "l2", "interfaces: []"));
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
