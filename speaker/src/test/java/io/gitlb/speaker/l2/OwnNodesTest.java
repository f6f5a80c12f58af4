// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class OwnNodesTest {

  private static final NodeName NODE = new NodeName("n2");
  private static final MacAddress MEMBER = MacAddress.of("02:00:5e:00:53:02");
  private static final MacAddress STRANGER = MacAddress.of("02:00:5e:00:53:aa");

  @Test
  void aMemberIsToldByItsHardwareAddressAndItsClaim() {
    OwnNodes nodes = nodes();
    assertEquals(new OwnNodes.Whose.ClaimingMember(NODE), nodes.whose(MEMBER, Set.of(NODE)));
    assertEquals(new OwnNodes.Whose.OtherMember(NODE), nodes.whose(MEMBER, Set.of()));
    assertEquals(new OwnNodes.Whose.Foreign(), nodes.whose(STRANGER, Set.of(NODE)));
    assertEquals(new OwnNodes.Whose.Foreign(), OwnNodes.NONE.whose(MEMBER, Set.of(NODE)));
  }

  @Test
  void aStrangerThatProbesCountsAndAMemberThatProbesIsTold() {
    assertEquals(split(Set.of(), Set.of(NODE), Set.of()), split(List.of(), List.of(MEMBER)));
    assertEquals(split(Set.of(), Set.of(), Set.of(STRANGER)), split(List.of(), List.of(STRANGER)));
    assertEquals(
        split(Set.of(NODE), Set.of(), Set.of(STRANGER)),
        split(List.of(MEMBER, STRANGER), List.of()));
    assertEquals(split(Set.of(NODE), Set.of(), Set.of()), split(List.of(MEMBER), List.of(MEMBER)));
  }

  private static OwnNodes.Split split(
      Set<NodeName> members, Set<NodeName> probers, Set<MacAddress> strangers) {
    return new OwnNodes.Split(
        new TreeSet<>(members), new TreeSet<>(probers), new TreeSet<>(strangers));
  }

  private static OwnNodes.Split split(List<MacAddress> claimants, List<MacAddress> probers) {
    ProbeRounds.Key key =
        new ProbeRounds.Key(IpAddress.of("192.0.2.10"), ProbeRounds.Purpose.TAKE_OVER);
    return nodes()
        .split(new ProbeRounds.Result(key, new TreeSet<>(claimants), new TreeSet<>(probers)));
  }

  private static OwnNodes nodes() {
    TreeMap<MacAddress, NodeName> byMac = new TreeMap<>();
    byMac.put(MEMBER, NODE);
    return new OwnNodes(byMac);
  }
}
