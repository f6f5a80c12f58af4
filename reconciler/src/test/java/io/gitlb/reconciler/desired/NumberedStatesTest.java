// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.desired.NumberedStates.Stamp;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NumberedStatesTest {

  private NumberedStates states = NumberedStates.NONE;
  private final SortedMap<NodeName, NodeContent> nodes = new TreeMap<>();
  private final SortedMap<IpAddress, List<NodeName>> lists = new TreeMap<>();
  private List<Member> members = List.of();
  private String commit = "c1";
  private String cluster = "uid";
  private long epoch = 1;

  private NumberedStatesTest node(String name, String... addresses) {
    SnapshotMap<IpAddress, Announcement> announcements = SnapshotMap.empty();
    for (String address : addresses) {
      announcements =
          announcements.with(
              IpAddress.of(address),
              new Announcement(
                  IpAddress.of(address),
                  new Announcement.Owner.Services(
                      new TreeSet<>(List.of(new ServiceRef("demo", "web")))),
                  "record",
                  Optional.empty(),
                  List.of()));
    }
    nodes.put(new NodeName(name), new NodeContent(announcements, List.of()));
    return this;
  }

  private String next() {
    states =
        states.next(
            new DesiredContent(
                SnapshotMap.copyOf(nodes),
                SnapshotMap.empty(),
                SnapshotMap.empty(),
                SnapshotMap.copyOf(lists)),
            members,
            new Stamp(cluster, commit, "l", epoch));
    return states.states().values().stream()
        .map(state -> state.node() + " " + state.generation())
        .collect(Collectors.joining(", "));
  }

  @Test
  void onlyANodeWhoseContentChangesCountsUp() {
    assertEquals("n1 1.1, n2 1.1", node("n1", "10.0.0.1").node("n2").next());
    assertEquals("n1 1.1, n2 1.2", node("n2", "10.0.0.1").next());
    assertEquals("n1 1.1, n2 1.2", next());
  }

  @Test
  void aCommitThatDoesNotConcernTheNodeDoesNotReachIt() {
    node("n1").next();
    commit = "c2";
    assertEquals("n1 1.1", next());
    assertEquals(
        "c1",
        states.states().values().stream()
            .map(DesiredState::configCommit)
            .findFirst()
            .orElseThrow());
  }

  /// The node is a candidate of the address.
  private NumberedStatesTest candidate(String name, String address, String... list) {
    List<NodeName> candidates = Arrays.stream(list).map(NodeName::new).toList();
    IpAddress key = IpAddress.of(address);
    lists.put(key, candidates);
    nodes.put(
        new NodeName(name),
        new NodeContent(
            SnapshotMap.<IpAddress, Announcement>empty()
                .with(
                    key,
                    new Announcement(
                        key,
                        new Announcement.Owner.Services(
                            new TreeSet<>(List.of(new ServiceRef("demo", "web")))),
                        "record",
                        Optional.of(
                            new Announcement.Layer2(new Generation(1, 1), candidates, List.of())),
                        List.of())),
            List.of()));
    return this;
  }

  private String term(String node, String address) {
    return states
        .states()
        .find(new NodeName(node))
        .orElseThrow()
        .announcements()
        .find(IpAddress.of(address))
        .orElseThrow()
        .layer2()
        .orElseThrow()
        .term()
        .toString();
  }

  @Test
  void aTermLastsAsLongAsTheListDoes() {
    node("n2").next();
    candidate("n1", "10.0.0.1", "n1", "n2").next();
    assertEquals("1.2", term("n1", "10.0.0.1"));
    members = List.of(new Member(new NodeName("n1"), Optional.empty(), List.of()));
    assertEquals("n1 1.3, n2 1.3", next());
    assertEquals("1.2", term("n1", "10.0.0.1"));
    assertEquals(members, states.states().find(new NodeName("n2")).orElseThrow().members());
    candidate("n2", "10.0.0.1", "n1", "n2").next();
    assertEquals("1.2", term("n2", "10.0.0.1"));
    candidate("n1", "10.0.0.1", "n2", "n1").candidate("n2", "10.0.0.1", "n2", "n1").next();
    assertEquals("1.5", term("n1", "10.0.0.1"));
    assertEquals("1.5", term("n2", "10.0.0.1"));
    epoch = 2;
    next();
    assertEquals("2.1", term("n1", "10.0.0.1"));
  }

  @Test
  void aNewEpochNumbersEverybodyAnew() {
    node("n1").next();
    node("n1", "10.0.0.1").next();
    epoch = 2;
    assertEquals("n1 2.1", next());
  }

  @Test
  void aNodeThatComesBackGoesOnCounting() {
    node("n1").node("n2").next();
    nodes.remove(new NodeName("n1"));
    assertEquals("n2 1.1", next());
    assertEquals("n1 1.3, n2 1.1", node("n1").next());
  }

  @Test
  void generationsOfDifferentNodesTellWhichWasBuiltLater() {
    node("n1").node("n2").node("n3").next();
    assertEquals("n1 1.2, n2 1.1, n3 1.1", node("n1", "10.0.0.1").next());
    assertEquals("n1 1.2, n2 1.3, n3 1.3", node("n2", "10.0.0.1").node("n3", "10.0.0.1").next());
    assertEquals("n1 1.4, n2 1.3, n3 1.3", node("n1").next());
  }

  @Test
  void theCounterOutlivesAllNodes() {
    node("n1").next();
    nodes.clear();
    assertEquals("", next());
    assertEquals("n2 1.3", node("n2").next());
  }

  @Test
  void anotherClusterInTheSameEpochDoesNotBeginAgain() {
    node("n1").next();
    cluster = "other";
    assertEquals("n1 1.2", next());
  }
}
