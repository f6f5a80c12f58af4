// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.desired.DesiredStory.A;
import static io.gitlb.reconciler.desired.DesiredStory.BGP;
import static io.gitlb.reconciler.desired.DesiredStory.POOL;
import static io.gitlb.reconciler.desired.DesiredStory.document;
import static io.gitlb.reconciler.desired.DesiredStory.peer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Password;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What routers are told of, and which routers there are for a node.
class DesiredRoutesTest {

  private final DesiredStory story = new DesiredStory();

  @Test
  void routersAreAskedToPreferOthersToANodeThatIsCordoned() {
    story.web().config(BGP + peer("tor", "192.0.2.1"));
    story.trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    assertEquals("10.0.0.1/32>[tor] leaving pref 0 [65535:0]", story.routes("n1", A));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n2", A));
    story.trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
    story.config(
        POOL + document("BGPAdvertisement", "bgp", "onCordon: Keep") + peer("tor", "192.0.2.1"));
    story.trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
  }

  @Test
  void aRouteStaysWhenOneOfItsAdvertisementsKeepsIt() {
    story
        .web()
        .config(
            POOL
                + document("BGPAdvertisement", "one", "communities: [\"1:1\"]", "localPref: 200")
                + document(
                    "BGPAdvertisement",
                    "two",
                    "communities: [\"2:2\"]",
                    "localPref: 200",
                    "onCordon: Keep",
                    "peers: [tor]")
                + peer("tor", "192.0.2.1")
                + peer("spine", "192.0.2.2"));
    story.trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    assertEquals(
        "10.0.0.1/32>[spine] leaving pref 0 [1:1, 65535:0]; "
            + "10.0.0.1/32>[tor] pref 200 [1:1, 2:2]",
        story.routes("n1", A));
  }

  @Test
  void aCordonedNodeWithdrawsWhileAnotherOneHasRoutes() {
    withdrawing("");
    for (String node : List.of("n1", "n2")) {
      story.trouble(node, Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    }
    assertEquals("", story.routes("n1", A));
    assertEquals("", story.routes("n2", A));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n3", A));
    story.trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
  }

  @Test
  void whenAllAreCordonedTheyGoOnAndAskForOthers() {
    withdrawing("");
    for (String node : List.of("n1", "n2", "n3")) {
      story.trouble(node, Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    }
    assertEquals("10.0.0.1/32>[tor] leaving pref 0 [65535:0]", story.routes("n1", A));
    assertEquals(story.routes("n1", A), story.routes("n3", A));
    story.trouble("n2", Readiness.READY, Network.UNAVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("10.0.0.1/32>[tor] leaving pref 0 [65535:0]", story.routes("n1", A));
    assertEquals("", story.routes("n2", A));
  }

  /// A node that no router hears takes nobody's place.
  @Test
  void aNodeWithoutAPeerIsNoOther() {
    withdrawing("nodeSelectors: [{matchLabels: {rack: a}}]");
    story.view.node("n2", "rack=b").node("n3", "rack=b");
    story.view.node(
        new NodeView(
            new NodeName("n1"),
            ViewBuilder.labels("rack=a"),
            List.of(),
            List.of(),
            Readiness.READY,
            Network.AVAILABLE,
            Scheduling.CORDONED));
    assertEquals("10.0.0.1/32>[tor] leaving pref 0 [65535:0]", story.routes("n1", A));
  }

  @Test
  void onAServiceOfPolicyLocalOnlyNodesWithAnEndpointAreOthers() {
    withdrawing("");
    story.view.service(service("demo/web").local()).endpoints("demo/web", "n1", "n2");
    story.trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    assertEquals("", story.routes("n1", A));
    story.view.endpoints("demo/web", "n1");
    assertEquals("10.0.0.1/32>[tor] leaving pref 0 [65535:0]", story.routes("n1", A));
  }

  @Test
  void aNodeWithdrawsWhenAllItsAdvertisementsForAnAddressSaySo() {
    story
        .web()
        .config(
            POOL
                + document("BGPAdvertisement", "one", "onCordon: Withdraw", "peers: [tor]")
                + document("BGPAdvertisement", "two", "onCordon: Keep", "peers: [spine]")
                + peer("tor", "192.0.2.1")
                + peer("spine", "192.0.2.2"));
    story.trouble("n1", Readiness.READY, Network.AVAILABLE, Scheduling.CORDONED);
    assertEquals(
        "10.0.0.1/32>[spine]; 10.0.0.1/32>[tor] leaving pref 0 [65535:0]", story.routes("n1", A));
  }

  /// @param selector a line of the peer
  private void withdrawing(String selector) {
    story
        .web()
        .config(
            POOL
                + document("BGPAdvertisement", "bgp", "onCordon: Withdraw")
                + peer("tor", "192.0.2.1", selector));
  }

  @Test
  void theCommunityOfADocumentIsNoCordon() {
    story
        .web()
        .config(
            POOL
                + document("BGPAdvertisement", "bgp", "communities: [graceful-shutdown]")
                + peer("tor", "192.0.2.1"));
    assertEquals("10.0.0.1/32>[tor] [65535:0]", story.routes("n1", A));
  }

  @Test
  void aHoldTimeOfZeroGoesWithoutKeepalives() {
    story.web().config(BGP + peer("tor", "192.0.2.1", "holdTime: 0s", "keepaliveTime: 0s"));
    PeerSettings tor = story.node("n1").peers().getFirst();
    assertEquals(Duration.ZERO, tor.holdTime());
    assertEquals(Optional.empty(), tor.keepaliveTime());
  }

  @Test
  void aHostRouteGoesToEveryPeerOfEveryNode() {
    story.web().config(BGP + peer("tor", "192.0.2.1") + peer("spine", "192.0.2.2"));
    assertEquals("10.0.0.1/32>[spine, tor]", story.routes("n1", A));
    assertEquals("-", story.candidates("n1", A));
    assertEquals(2, story.node("n2").peers().size());
  }

  @Test
  void aggregatesCommunitiesAndPreferencesAreSent() {
    story.web().allocated("2001:db8::7", "demo/web");
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
    story
        .web()
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

  /// One that says nothing means 100, which is more than 50.
  @Test
  void noLocalPreferenceIsTheUsualOneAmongSeveral() {
    story.web().view.service(service("demo/web").labels("tier=backup"));
    story.config(
        BGP
            + document(
                "BGPAdvertisement",
                "backup",
                "localPref: 50",
                "serviceSelectors: [{matchLabels: {tier: backup}}]")
            + peer("tor", "192.0.2.1"));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
  }

  @Test
  void aliasesOfCommunitiesAreResolved() {
    story
        .web()
        .config(
            POOL
                + document("Community", "c", "communities: [{name: vpn, value: \"64512:7\"}]")
                + document("BGPAdvertisement", "bgp", "communities: [vpn, no-export]")
                + peer("tor", "192.0.2.1"));
    assertEquals("10.0.0.1/32>[tor] [64512:7, 65535:65281]", story.routes("n1", A));
  }

  @Test
  void aPeerWithoutAnAddressIsForTheSpeakerToFind() {
    story
        .web()
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
    story.web().view.secret("tor", "s3cr3t");
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
    story.web().view.secret("tor", "old");
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

  @Test
  void whatAPeerAsksForReachesTheSpeaker() {
    story
        .web()
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
    story
        .web()
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
    story.web().config(BGP + peer("tor", "192.0.2.1"));
    story.trouble("n1", Readiness.READY, Network.UNAVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("", story.routes("n1", A));
    assertEquals("10.0.0.1/32>[tor]", story.routes("n2", A));
    story.trouble("n2", Readiness.READY, Network.UNAVAILABLE, Scheduling.SCHEDULABLE);
    story.trouble("n3", Readiness.READY, Network.UNAVAILABLE, Scheduling.SCHEDULABLE);
    assertEquals("10.0.0.1/32>[tor]", story.routes("n1", A));
  }

  private static PeerPassword given(String password) {
    return new PeerPassword.Given(Password.of(password.getBytes(StandardCharsets.US_ASCII)));
  }
}
