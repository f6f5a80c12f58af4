// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where addresses are announced, in the words of the Service's condition.
final class AnnouncedCondition {

  static final String TYPE = "gitlb.io/Announced";

  /// More nodes than this are counted, not listed.
  private static final int LISTED_NODES = 8;

  private final DesiredContent content;

  /// address → the nodes that are to have to do with it
  private final Map<IpAddress, SortedSet<NodeName>> wanted = new HashMap<>();

  /// address → the nodes that announce it
  private final Map<IpAddress, SortedSet<NodeName>> announced = new HashMap<>();

  /// address → node → why that node does not announce it although it should
  private final Map<IpAddress, SortedMap<NodeName, String>> failing = new HashMap<>();

  AnnouncedCondition(DesiredContent content, SortedMap<NodeName, SpeakerReport> reports) {
    this.content = content;
    for (Map.Entry<NodeName, NodeContent> entry : content.nodes().entrySet()) {
      for (Announcement announcement : entry.getValue().announcements()) {
        add(wanted, announcement.address(), entry.getKey());
      }
    }
    reports.values().stream()
        .filter(report -> report.failure().isEmpty())
        .flatMap(report -> report.status().stream())
        .forEach(this::take);
  }

  private void take(SpeakerStatus status) {
    for (AnnouncementStatus announcement : status.announcements()) {
      if (announcement.state() == AnnouncementState.ANNOUNCED) {
        add(announced, announcement.address(), status.node());
      } else if (announcement.state() == AnnouncementState.NOT_ANNOUNCED) {
        failing
            .computeIfAbsent(announcement.address(), _ -> new TreeMap<>())
            .put(status.node(), announcement.reason().orElse(Reason.NOT_ANNOUNCED.text()));
      }
    }
  }

  private static void add(
      Map<IpAddress, SortedSet<NodeName>> to, IpAddress address, NodeName node) {
    to.computeIfAbsent(address, _ -> new TreeSet<>()).add(node);
  }

  /// @param addresses what the Service has
  Condition of(List<IpAddress> addresses) {
    if (addresses.isEmpty()) {
      return new Condition(TYPE, "False", Reason.NOT_ALLOCATED.text(), "it has no address");
    }
    return nowhere(addresses).or(() -> failing(addresses)).orElseGet(() -> onTheWire(addresses));
  }

  private Optional<Condition> nowhere(List<IpAddress> addresses) {
    for (IpAddress address : addresses) {
      NotAnnounced why = content.notAnnounced().get(address);
      if (why != null) {
        return Optional.of(
            new Condition(TYPE, "False", why.reason().text(), address + ": " + why.message()));
      }
    }
    return Optional.empty();
  }

  private Optional<Condition> failing(List<IpAddress> addresses) {
    for (IpAddress address : addresses) {
      SortedMap<NodeName, String> reasons = failing.get(address);
      if (reasons != null && !announced.containsKey(address)) {
        return Optional.of(
            new Condition(
                TYPE,
                "False",
                reasons.getOrDefault(reasons.firstKey(), Reason.NOT_ANNOUNCED.text()),
                address + " is not announced from " + list(reasons.keySet().stream().toList())));
      }
    }
    return Optional.empty();
  }

  private Condition onTheWire(List<IpAddress> addresses) {
    for (IpAddress address : addresses) {
      if (!announced.containsKey(address)) {
        return new Condition(
            TYPE,
            "Unknown",
            Reason.PENDING.text(),
            address + " was handed to " + list(nodes(wanted, address)));
      }
    }
    return new Condition(
        TYPE,
        "True",
        Reason.ANNOUNCED.text(),
        String.join(
            "; ",
            addresses.stream()
                .map(address -> address + " from " + list(nodes(announced, address)))
                .toList()));
  }

  private static List<NodeName> nodes(Map<IpAddress, SortedSet<NodeName>> from, IpAddress address) {
    return List.copyOf(from.getOrDefault(address, new TreeSet<>()));
  }

  private static String list(List<NodeName> nodes) {
    String listed =
        String.join(", ", nodes.stream().limit(LISTED_NODES).map(NodeName::value).toList());
    int more = nodes.size() - LISTED_NODES;
    return more > 0 ? listed + " and " + more + " more" : listed;
  }
}
