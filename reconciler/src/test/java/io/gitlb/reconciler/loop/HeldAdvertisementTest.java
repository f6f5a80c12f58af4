// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// A commit that takes an advertisement away from a live address does not cut it off: the address
/// is held and announced as it was.
class HeldAdvertisementTest {

  private static final String WEB = "10.77.0.100";

  private static final String POOL =
      """
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata: {name: lan}
      spec:
        addresses: ["10.77.0.100-10.77.0.103"]
      """;

  private static final String PEERS = peer("tor-a", "192.0.2.1") + peer("tor-b", "192.0.2.2");

  private final LoopStory story = new LoopStory();

  private static String document(String kind, String name, String spec) {
    return "---\napiVersion: gitlb.io/v1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + "}\nspec: {"
        + spec
        + "}\n";
  }

  private static String peer(String name, String address) {
    return document(
        "BGPPeer", name, "myASN: 64512, peerASN: 64513, peerAddress: \"" + address + "\"");
  }

  private static String layer2(String spec) {
    return document("L2Advertisement", "links", spec);
  }

  private static String bgp(String spec) {
    return document("BGPAdvertisement", "routes", spec);
  }

  private LoopStory before(String advertisements) {
    return story.config(POOL + advertisements).service("demo/web").settle();
  }

  /// A new commit, and all that follows from it.
  private HeldAdvertisementTest then(String advertisements) {
    story.config(POOL + advertisements).settle();
    return this;
  }

  private void expect(State state, String announced) {
    assertEquals(state, record().state(), () -> record().toString());
    assertEquals(announced, announced(), () -> story.reconciler().state().toString());
    assertEquals(announced, announcedAfterARestart());
  }

  private AllocationRecord record() {
    return story.ledger.local().records().find(IpAddress.of(WEB)).orElseThrow();
  }

  private String announcedAfterARestart() {
    story.restart().settle();
    return announced();
  }

  /// On layer 2 with its interfaces, and to which peers, as the speaker of n1 has it.
  private String announced() {
    Optional<Announcement> announcement =
        story.speakers.stored("n1").flatMap(state -> state.announcements().find(IpAddress.of(WEB)));
    if (announcement.isEmpty()) {
      return "nothing";
    }
    String links = announcement.get().layer2().map(l2 -> "l2" + l2.interfaces()).orElse("");
    String routes =
        announcement.get().routes().stream()
            .map(route -> route.peers().toString())
            .collect(Collectors.joining(" "));
    return (links + " " + routes).strip();
  }

  private String allocated() {
    return story.cluster.server().service("demo/web").conditions().stream()
        .filter(condition -> condition.type().equals(AllocatedCondition.TYPE))
        .map(Condition::toString)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anL2AdvertisementThatIsRemovedGoesOn() {
    before(layer2(""));
    then("").expect(State.HELD, "l2[]");
    assertTrue(allocated().contains("reason=Held"), this::allocated);
    assertTrue(
        allocated().contains("no advertisement announces 10.77.0.100 on layer 2 any more"),
        this::allocated);
  }

  @Test
  void whenTheAdvertisementIsBackNothingIsHeld() {
    before(layer2(""));
    then("").expect(State.HELD, "l2[]");
    then(layer2("interfaces: [eth0, eth1]")).expect(State.HELD, "l2[]");
    then(layer2("")).expect(State.ALLOCATED, "l2[]");
    assertEquals(FakeDefinitionSource.id(4), record().configCommit());
  }

  @Test
  void aCommitOfOtherThingsLeavesWhatIsHeldAlone() {
    before(layer2(""));
    then("").expect(State.HELD, "l2[]");
    then(document("BGPPeer", "x", "myASN: 1, peerASN: 2, peerAddress: 192.0.2.9"));
    expect(State.HELD, "l2[]");
    assertEquals(FakeDefinitionSource.id(1), record().configCommit());
  }

  @Test
  void anAdvertisementOfFewerInterfacesIsHeld() {
    before(layer2("interfaces: [eth0, eth1]"));
    then(layer2("interfaces: [eth1]")).expect(State.HELD, "l2[eth0, eth1]");
    then(layer2("interfaces: [eth0, eth1, eth2]")).expect(State.ALLOCATED, "l2[eth0, eth1, eth2]");
  }

  @Test
  void anAdvertisementThatNoLongerSelectsTheServiceIsHeld() {
    before(layer2(""));
    then(layer2("serviceSelectors: [{matchLabels: {tier: gold}}]")).expect(State.HELD, "l2[]");
    story.cluster.server().service(web().labels("tier=gold"));
    story.settle();
    expect(State.ALLOCATED, "l2[]");
  }

  private ServiceBuilder web() {
    return ServiceBuilder.of(story.cluster.server().service("demo/web"));
  }

  @Test
  void aServiceThatItsOwnEditTakesFromAnAdvertisementIsNotHeld() {
    String gold = layer2("serviceSelectors: [{matchLabels: {tier: gold}}]");
    story.config(POOL + gold).service("demo/web", ServiceBuilder.service("demo/web"));
    story.cluster.server().service(web().labels("tier=gold"));
    story.settle();
    story.cluster.server().service(web().labels());
    story.settle();
    expect(State.ALLOCATED, "nothing");
  }

  @Test
  void aPoolThatIsNotAnnouncedAnyMoreIsHeld() {
    before(layer2(""));
    story.config(POOL + "  announce: false\n" + layer2("")).settle();
    expect(State.HELD, "l2[]");
  }

  @Test
  void anAdvertisementForNodesThatAreNotThereIsHeld() {
    before(layer2(""));
    then(layer2("nodeSelectors: [{matchLabels: {rack: z}}]")).expect(State.HELD, "l2[]");
  }

  @Test
  void aNodeLessIsNoCut() {
    story.cluster.server().node("n1", "rack=a").node("n2", "rack=b");
    before(layer2(""));
    then(layer2("nodeSelectors: [{matchLabels: {rack: a}}]")).expect(State.ALLOCATED, "l2[]");
    assertEquals(FakeDefinitionSource.id(1), record().configCommit());
  }

  @Test
  void underPolicyLocalTheNodesWithEndpointsCount() {
    story.cluster.server().node("n1", "rack=a").node("n2", "rack=b");
    story.config(POOL + layer2("")).service("demo/web", ServiceBuilder.service("demo/web").local());
    story.cluster.server().endpoints("demo/web", "n1");
    story.settle();
    then(layer2("nodeSelectors: [{matchLabels: {rack: b}}]")).expect(State.HELD, "l2[]");
  }

  @Test
  void aBgpAdvertisementThatIsRemovedGoesOn() {
    before(PEERS + layer2("") + bgp(""));
    then(PEERS + layer2("")).expect(State.HELD, "l2[] [tor-a, tor-b]");
  }

  @Test
  void anAdvertisementForFewerPeersIsHeld() {
    before(PEERS + bgp(""));
    then(PEERS + bgp("peers: [tor-b]")).expect(State.HELD, "[tor-a, tor-b]");
    assertTrue(allocated().contains("by BGP to tor-a any more"), this::allocated);
  }

  @Test
  void anotherAdvertisementForTheSameMayTakeItsPlace() {
    before(PEERS + bgp(""));
    then(PEERS + bgp("peers: [tor-b]").replace("routes", "b") + bgp("peers: [tor-a]"));
    expect(State.ALLOCATED, "[tor-a, tor-b]");
  }

  @Test
  void aPeerIsASessionAndNoRight() {
    before(PEERS + bgp(""));
    then(peer("tor-a", "192.0.2.1") + bgp("")).expect(State.ALLOCATED, "[tor-a]");
  }

  @Test
  void attributesOfRoutesChangeAtOnce() {
    before(PEERS + bgp("localPref: 100"));
    then(PEERS + bgp("localPref: 200")).expect(State.ALLOCATED, "[tor-a, tor-b]");
  }

  @Test
  void whatNobodyAnnouncedIsNotHeld() {
    before("");
    then("").expect(State.ALLOCATED, "nothing");
  }

  @Test
  void aServiceWithoutEndpointsKeepsItsRight() {
    before(layer2(""));
    story.cluster.server().endpoints("demo/web");
    story.settle();
    then("").expect(State.HELD, "nothing");
    story.cluster.server().endpoints("demo/web", "n1", "n2");
    story.settle();
    expect(State.HELD, "l2[]");
  }

  @Test
  void whileTheDiskIsFullTheFormerDefinitionsAnnounce() {
    before(layer2(""));
    story.ledger.disk(Availability.AWAY);
    story.config(POOL).poll().pass().pass();
    assertEquals("l2[]", announced());
    story.ledger.disk(Availability.THERE);
    story.after(Duration.ofMinutes(2)).settle();
    expect(State.HELD, "l2[]");
  }

  @Test
  void aCommitThatTakesThousandsAwayCutsNobodyOffOnTheWay() {
    story.config(POOL.replace("10.77.0.100-10.77.0.103", "10.77.0.0/16") + layer2(""));
    for (int i = 0; i < 1200; i++) {
      story.service("demo/s" + i);
    }
    for (int i = 0; i < 8; i++) {
      story.poll();
    }
    story.config(POOL.replace("10.77.0.100-10.77.0.103", "10.88.0.0/16"));
    for (int i = 0; i < 8; i++) {
      story.poll();
      assertEquals(
          1200,
          story.speakers.stored("n1").orElseThrow().announcements().size(),
          "carried in pass " + i);
    }
    assertTrue(
        story.ledger.local().records().values().stream().allMatch(r -> r.state() == State.HELD));
    assertTrue(story.reconciler().state().orElseThrow().desired().containsKey(new NodeName("n1")));
  }
}
