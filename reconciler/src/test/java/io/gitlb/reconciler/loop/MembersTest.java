// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gitlb.reconciler.conflict.ProbeKeeper;
import io.gitlb.reconciler.desired.NodeLinks;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.LinkAddress;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MembersTest {

  private static final NodeName N1 = new NodeName("n1");
  private static final NodeName N2 = new NodeName("n2");
  private static final MacAddress MAC = MacAddress.of("02:00:5e:00:53:01");

  private final Members members = new Members();
  private final SortedMap<NodeName, SpeakerReport> reports = new TreeMap<>();

  private static InterfaceStatus nic(String name, String address, String... onLink) {
    return new InterfaceStatus(
        name,
        MAC,
        new TreeSet<>(List.of(new LinkAddress(IpAddress.of(address), 24))),
        List.of(onLink).stream().map(IpPrefix::of).collect(Collectors.toCollection(TreeSet::new)));
  }

  private void hear(NodeName node, Optional<DesiredState> carried, InterfaceStatus... nics) {
    SpeakerStatus status =
        new SpeakerStatus(
            node,
            "boot",
            1,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(nics));
    reports.put(
        node, new SpeakerReport(Optional.empty(), Optional.of(status), Optional.empty(), carried));
    members.hear(reports);
  }

  private List<String> all(NodeName... nodes) {
    return members.all(Set.of(nodes), new Directory()).stream()
        .map(
            member ->
                member.node()
                    + " "
                    + member.api().map(Member.Endpoint::host).orElse("-")
                    + " "
                    + member.links().stream()
                        .map(link -> link.interfaceName() + link.addresses())
                        .toList())
        .toList();
  }

  @Test
  void everyNodeWithASpeakerIsOneInTheOrderOfNames() {
    hear(N1, Optional.empty(), nic("eth0", "192.0.2.11"));
    assertEquals(List.of("n1 192.0.2.11 [eth0[192.0.2.11/24]]", "n2 - []"), all(N2, N1));
    assertEquals(List.of("n2 - []"), all(N2));
  }

  @Test
  void theLinksOfOneThatIsAwayAreRemembered() {
    hear(N1, Optional.empty(), nic("eth0", "192.0.2.11", "192.0.2.0/24"));
    SnapshotMap<NodeName, NodeLinks> reached = members.reached();
    reports.put(
        N1,
        new SpeakerReport(
            Optional.empty(), Optional.empty(), Optional.of(new Failure("GLB3001", "away"))));
    members.hear(reports);
    assertEquals(List.of("n1 192.0.2.11 [eth0[192.0.2.11/24]]"), all(N1));
    hear(N1, Optional.empty());
    assertEquals(List.of("n1 192.0.2.11 [eth0[192.0.2.11/24]]"), all(N1), "none told yet");
    assertSame(reached, members.reached());
  }

  @Test
  void whatALeaderBeforeUsKnewStandsInUntilTheSpeakerSpeaks() {
    Member before =
        new Member(
            N2,
            Optional.empty(),
            List.of(
                new Member.Link(
                    "eth9",
                    MAC,
                    new TreeSet<>(List.of(new LinkAddress(IpAddress.of("192.0.2.99"), 24))))));
    DesiredState carried =
        new DesiredState(
            N1,
            "uid",
            new Generation(1, 1),
            "c",
            "l",
            SnapshotMap.empty(),
            List.of(),
            List.of(before));
    hear(N1, Optional.of(carried), nic("eth0", "192.0.2.11"));
    assertEquals("n2 - [eth9[192.0.2.99/24]]", all(N1, N2).getLast());
    hear(N2, Optional.empty(), nic("eth0", "192.0.2.12"));
    assertEquals("n2 - [eth0[192.0.2.12/24]]", all(N1, N2).getLast());
  }

  @Test
  void whatANodeReachesIsKnownOnceToldAndNewWhenItDiffers() {
    assertEquals(Map.of(), members.reached());
    hear(N1, Optional.empty(), nic("eth0", "192.0.2.11", "192.0.2.0/24"));
    SnapshotMap<NodeName, NodeLinks> first = members.reached();
    assertEquals("{eth0=[192.0.2.0/24]}", requireNonNull(first.get(N1)).prefixes().toString());
    hear(N1, Optional.empty(), nic("eth0", "192.0.2.77", "192.0.2.0/24"));
    assertSame(first, members.reached(), "another address on the same link");
    hear(N1, Optional.empty(), nic("eth0", "192.0.2.77", "192.0.2.0/24", "10.0.0.0/8"));
    assertEquals(
        "{eth0=[10.0.0.0/8, 192.0.2.0/24]}",
        requireNonNull(members.reached().get(N1)).prefixes().toString());
  }

  /// Knows where the first speaker is.
  private static final class Directory implements SpeakerPort {

    @Override
    public void setDesired(Map<NodeName, DesiredState> states) {}

    @Override
    public SortedMap<NodeName, SpeakerReport> reports() {
      return new TreeMap<>();
    }

    @Override
    public Optional<Member.Endpoint> endpoint(NodeName node) {
      return node.equals(N1)
          ? Optional.of(new Member.Endpoint("192.0.2.11", 7480))
          : Optional.empty();
    }

    @Override
    public List<NodeName> probers(IpAddress address) {
      return List.of();
    }

    @Override
    public void probe(ProbeKeeper.Ask ask) {}

    @Override
    public List<Answer> probed() {
      return List.of();
    }
  }
}
