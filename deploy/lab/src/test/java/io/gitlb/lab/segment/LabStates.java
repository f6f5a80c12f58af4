// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// What the lab, in the place of the reconciler, tells a speaker. The one place that knows how a
/// desired state is built.
final class LabStates {

  private static final String CLUSTER_UID = "00000000-0000-4000-8000-000000000001";

  private static final SortedSet<ServiceRef> OWNERS =
      new TreeSet<>(List.of(new ServiceRef("lab", "web")));

  private LabStates() {}

  /// The state of one node: every address that it is a candidate of.
  ///
  /// @param candidates address → its candidates, best first
  static DesiredState of(
      LabNode node, Generation generation, SortedMap<IpAddress, List<NodeName>> candidates) {
    List<Announcement> announcements =
        candidates.entrySet().stream()
            .filter(entry -> entry.getValue().contains(node.name()))
            .map(entry -> announcement(entry.getKey(), entry.getValue()))
            .toList();
    return new DesiredState(
        node.name(),
        CLUSTER_UID,
        generation,
        "1".repeat(40),
        "2".repeat(40),
        announcements,
        List.of());
  }

  private static Announcement announcement(IpAddress address, List<NodeName> candidates) {
    return new Announcement(
        address,
        new Announcement.Owner.Services(OWNERS),
        "{}",
        Optional.of(new Announcement.Layer2(new Generation(1, 1), candidates, List.of(LabNode.LAN))),
        List.of());
  }
}
