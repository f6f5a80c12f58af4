// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.LinkAddress;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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

  /// The state of one node: every address that it is a candidate of, and who its peers are.
  ///
  /// @param contests address → its candidates
  static DesiredState of(
      LabNode node,
      Generation generation,
      SortedMap<IpAddress, Contest> contests,
      List<Member> members) {
    List<Announcement> announcements =
        contests.entrySet().stream()
            .filter(entry -> entry.getValue().candidates().contains(node.name()))
            .map(entry -> announcement(entry.getKey(), entry.getValue()))
            .toList();
    return new DesiredState(
            node.name(),
            CLUSTER_UID,
            generation,
            "1".repeat(40),
            "2".repeat(40),
            announcements,
            List.of())
        .withMembers(members);
  }

  /// The state of a node that only routers are told of addresses.
  static DesiredState routed(LabNode node, Generation generation, Routing routing) {
    List<Announcement> announcements =
        routing.routes().entrySet().stream()
            .map(entry -> routed(entry.getKey(), entry.getValue(), routing))
            .toList();
    return new DesiredState(
        node.name(),
        CLUSTER_UID,
        generation,
        "1".repeat(40),
        "2".repeat(40),
        announcements,
        routing.peers());
  }

  private static Announcement routed(IpAddress address, List<BgpRoute> routes, Routing routing) {
    Integer port = routing.healthPorts().get(address);
    return new Announcement(
        address,
        new Announcement.Owner.Services(OWNERS),
        "{}",
        Optional.empty(),
        routes,
        port == null ? OptionalInt.empty() : OptionalInt.of(port));
  }

  /// Who may announce an address.
  ///
  /// @param term since when
  /// @param candidates best first
  /// @param interfaces where; empty for all that the speakers use
  /// @param healthPort where each node's proxy tells of its endpoints, if that matters
  record Contest(
      Generation term,
      List<NodeName> candidates,
      List<String> interfaces,
      OptionalInt healthPort) {}

  /// What the others need to know of a node.
  ///
  /// @param further its interfaces besides the one on the segment
  static Member member(LabNode node, List<Member.Link> further) {
    List<Member.Link> links = new ArrayList<>(further);
    links.add(link(LabNode.LAN, node.mac(), node.address()));
    return new Member(
        node.name(), Optional.of(new Member.Endpoint(node.api(), LabNode.PORT)), links);
  }

  /// @param address of the interface, in a prefix of the usual length
  static Member.Link link(String interfaceName, MacAddress mac, String address) {
    LinkAddress own = new LinkAddress(IpAddress.of(address), LabNode.PREFIX_LENGTH);
    return new Member.Link(interfaceName, mac, new TreeSet<>(List.of(own)));
  }

  private static Announcement announcement(IpAddress address, Contest contest) {
    return new Announcement(
        address,
        new Announcement.Owner.Services(OWNERS),
        "{}",
        Optional.of(
            new Announcement.Layer2(contest.term(), contest.candidates(), contest.interfaces())),
        List.of(),
        contest.healthPort());
  }
}
