// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.loop.Owners.Owned;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/// Where addresses are announced, in the words of the Service's condition.
final class AnnouncedCondition {

  static final String TYPE = "gitlb.io/Announced";

  private static final String FROM = " from ";
  private static final String SINCE = " since ";

  /// More nodes than this are counted, not listed.
  private static final int LISTED_NODES = 8;

  private AnnouncedCondition() {}

  /// The condition of a Service.
  ///
  /// @param addresses what it has
  /// @param picture address → what becomes of it
  static Condition of(List<IpAddress> addresses, SnapshotMap<IpAddress, Announcing> picture) {
    if (addresses.isEmpty()) {
      return new Condition(TYPE, "False", Reason.NOT_ALLOCATED.text(), "it has no address");
    }
    return first(addresses, picture, AnnouncedCondition::nowhere)
        .or(() -> first(addresses, picture, AnnouncedCondition::failing))
        .or(() -> first(addresses, picture, AnnouncedCondition::pending))
        .or(() -> contested(addresses, picture))
        .orElseGet(() -> onTheWire(addresses, picture));
  }

  /// The complaint about the first of the addresses that has one.
  private static Optional<Condition> first(
      List<IpAddress> addresses,
      SnapshotMap<IpAddress, Announcing> picture,
      BiFunction<IpAddress, Announcing, Optional<Condition>> complaint) {
    return addresses.stream()
        .flatMap(address -> complaint.apply(address, announcing(address, picture)).stream())
        .findFirst();
  }

  private static Announcing announcing(
      IpAddress address, SnapshotMap<IpAddress, Announcing> picture) {
    return picture.find(address).orElse(Announcing.UNKNOWN);
  }

  private static Optional<Condition> nowhere(IpAddress address, Announcing announcing) {
    return announcing
        .nowhere()
        .map(
            why ->
                new Condition(TYPE, "False", why.reason().text(), address + ": " + why.message()));
  }

  private static Optional<Condition> failing(IpAddress address, Announcing announcing) {
    SortedMap<NodeName, String> reasons = announcing.failing();
    if (reasons.isEmpty() || !announcing.nodes().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Condition(
            TYPE,
            "False",
            reasons.firstEntry().getValue(),
            address
                + " is not announced from "
                + list(reasons.keySet())
                + announcing.because().map(why -> ": " + why).orElse("")));
  }

  private static Optional<Condition> pending(IpAddress address, Announcing announcing) {
    if (!announcing.nodes().isEmpty()) {
      return Optional.empty();
    }
    String where =
        announcing.wanted().isEmpty()
            ? " is not handed to the speakers yet"
            : " was handed to " + list(announcing.wanted());
    return Optional.of(new Condition(TYPE, "Unknown", Reason.PENDING.text(), address + where));
  }

  /// It is announced all the same: the gravest of what is said of any of the addresses.
  private static Optional<Condition> contested(
      List<IpAddress> addresses, SnapshotMap<IpAddress, Announcing> picture) {
    for (ConflictKind kind : ConflictKind.values()) {
      Optional<Condition> found =
          first(
              addresses,
              picture,
              (address, announcing) -> contested(address, announcing.contested(), kind));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Condition> contested(
      IpAddress address, SortedMap<NodeName, Contested> contested, ConflictKind kind) {
    return contested.entrySet().stream()
        .filter(entry -> entry.getValue().kind() == kind)
        .findFirst()
        .map(
            entry ->
                new Condition(
                    TYPE,
                    "True",
                    reason(kind).text(),
                    address
                        + ": node "
                        + entry.getKey()
                        + " announces it, and "
                        + entry.getValue().words()));
  }

  /// The word for it.
  static Reason reason(ConflictKind kind) {
    return switch (kind) {
      case FOREIGN -> Reason.CONFLICT;
      case OTHER_ANNOUNCER_ON_NODE -> Reason.OTHER_ANNOUNCER_ON_NODE;
      case KERNEL_ANSWERS -> Reason.KERNEL_ANSWERS;
    };
  }

  private static Condition onTheWire(
      List<IpAddress> addresses, SnapshotMap<IpAddress, Announcing> picture) {
    String where =
        addresses.stream()
            .map(address -> address + from(announcing(address, picture)))
            .collect(Collectors.joining("; "));
    return new Condition(TYPE, "True", Reason.ANNOUNCED.text(), where);
  }

  private static String from(Announcing announcing) {
    if (announcing.owner().isEmpty()) {
      return FROM + list(announcing.nodes());
    }
    Owned owner = announcing.owner().get();
    SortedSet<NodeName> others = new TreeSet<>(announcing.nodes());
    others.remove(owner.node());
    return FROM
        + owner.node()
        + (others.isEmpty() ? "" : " and " + list(others))
        + SINCE
        + owner.since()
        + (owner.position() > 0 ? " (candidate " + owner.position() + ")" : "");
  }

  /// Only where the addresses are announced: without since when, and without what else there is.
  static String places(Condition condition) {
    return condition.message().replaceAll(SINCE + "[^;]*", "");
  }

  private static String list(Collection<NodeName> nodes) {
    String listed =
        String.join(", ", nodes.stream().limit(LISTED_NODES).map(NodeName::value).toList());
    int more = nodes.size() - LISTED_NODES;
    return more > 0 ? listed + " and " + more + " more" : listed;
  }
}
