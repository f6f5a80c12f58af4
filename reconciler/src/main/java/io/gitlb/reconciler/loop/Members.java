// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.desired.NodeLinks;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.protocol.Member.Link;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// The nodes with a speaker as every speaker needs to know them. The links of one that is away are
/// remembered: when it comes back, the others have to find it where it was.
final class Members {

  /// node → its links, as it told them last
  private final Map<NodeName, List<Link>> links = new HashMap<>();

  /// node → what it reaches, as it told it last
  private SnapshotMap<NodeName, NodeLinks> reached = SnapshotMap.empty();

  /// Takes in what the speakers say now.
  void hear(SortedMap<NodeName, SpeakerReport> reports) {
    reports.forEach(
        (node, report) -> {
          report.carried().map(DesiredState::members).orElse(List.of()).forEach(this::recall);
          report
              .status()
              .map(SpeakerStatus::interfaces)
              .filter(own -> !own.isEmpty())
              .ifPresent(own -> take(node, own));
        });
  }

  /// A speaker without any interface has not looked yet, or has lost them all: what it had counts.
  private void take(NodeName node, List<InterfaceStatus> own) {
    links.put(node, own.stream().map(Members::link).toList());
    SortedMap<String, SortedSet<IpPrefix>> prefixes = new TreeMap<>();
    own.forEach(nic -> prefixes.put(nic.name(), nic.onLink()));
    NodeLinks now = new NodeLinks(prefixes);
    if (!reached.find(node).equals(Optional.of(now))) {
      reached = reached.with(node, now);
    }
  }

  /// Node → what it reaches without a gateway, of those that have told it.
  SnapshotMap<NodeName, NodeLinks> reached() {
    return reached;
  }

  /// From a leader before us.
  private void recall(Member member) {
    if (!member.links().isEmpty()) {
      links.putIfAbsent(member.node(), member.links());
    }
  }

  private static Link link(InterfaceStatus own) {
    return new Link(own.name(), own.macAddress(), own.addresses());
  }

  /// All of them.
  ///
  /// @param nodes those that have a speaker
  /// @param port knows where their speakers are
  List<Member> all(Set<NodeName> nodes, SpeakerPort port) {
    return nodes.stream()
        .map(node -> new Member(node, port.endpoint(node), linksOf(node)))
        .sorted()
        .toList();
  }

  private List<Link> linksOf(NodeName node) {
    return Optional.ofNullable(links.get(node)).orElse(List.of());
  }
}
