// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredInput;
import io.gitlb.reconciler.desired.DesiredStates;
import io.gitlb.reconciler.desired.Drains;
import io.gitlb.reconciler.desired.NodeLinks;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.loop.Owners.Owned;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.reconciler.report.AnnouncingReport;
import io.gitlb.reconciler.report.AnnouncingReport.AddressLine;
import io.gitlb.reconciler.report.AnnouncingReport.Drain;
import io.gitlb.reconciler.report.AnnouncingReport.Move;
import io.gitlb.reconciler.report.AnnouncingReport.NodeLine;
import io.gitlb.reconciler.report.AnnouncingReport.Place;
import io.gitlb.reconciler.report.SessionsReport;
import io.gitlb.reconciler.report.SessionsReport.NodeSessions;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a pass left behind about announcements and sessions, for whoever asks. Immutable; to make
/// one costs nothing, to report from it costs as much as a pass in which everything has changed.
public final class Overview {

  private final Instant at;
  private final DesiredInput input;
  private final SnapshotMap<IpAddress, Announcing> picture;
  private final SortedMap<NodeName, SpeakerReport> reports;

  /// @param at the time of the pass
  /// @param input what the desired states were made of
  /// @param picture address → what becomes of it
  /// @param reports what is known of the speakers; not changed any more
  Overview(
      Instant at,
      DesiredInput input,
      SnapshotMap<IpAddress, Announcing> picture,
      SortedMap<NodeName, SpeakerReport> reports) {
    this.at = at;
    this.input = input;
    this.picture = picture;
    this.reports = reports;
  }

  /// Whether the node has a speaker.
  public boolean knows(NodeName node) {
    return reports.containsKey(node);
  }

  /// All there is to tell, and what would become of it without a node.
  ///
  /// @param drain whose loss to imagine; nothing is changed
  public AnnouncingReport report(Optional<NodeName> drain) {
    DesiredStates states = new DesiredStates();
    DesiredContent content = states.build(input);
    List<AddressLine> lines = new ArrayList<>();
    for (AllocationRecord record : input.ledger().records().values()) {
      switch (record.state()) {
        case ALLOCATED, HELD, PROBING, CONFLICTED -> lines.add(line(record, content, states));
        case RELEASING, RETAINED, RESTING -> {}
      }
    }
    input
        .view()
        .addresses()
        .squatters()
        .forEach((address, words) -> lines.add(squatted(address, words)));
    lines.sort(Comparator.comparing(AddressLine::address));
    return new AnnouncingReport(at, lines, nodes(), drain.map(node -> without(node, content)));
  }

  /// Every session of every speaker; costs as much as there are speakers.
  public SessionsReport sessions() {
    return new SessionsReport(
        at,
        reports.entrySet().stream()
            .map(entry -> sessions(entry.getKey(), entry.getValue()))
            .toList());
  }

  private static NodeSessions sessions(NodeName node, SpeakerReport report) {
    Optional<SpeakerStatus> status = report.status();
    return new NodeSessions(
        node,
        speaker(report),
        status.map(SpeakerStatus::peers).orElse(List.of()),
        status.map(SpeakerStatus::bfd).orElse(List.of()),
        status.map(SpeakerStatus::members).orElse(List.of()));
  }

  /// An address without a record that somebody uses.
  private static AddressLine squatted(IpAddress address, String words) {
    return new AddressLine(
        address,
        List.of(),
        "squatted",
        Reason.CONFLICT.text(),
        address + " is free, and used by " + words + "; nobody is given it",
        Optional.empty(),
        Optional.empty(),
        Collections.emptySortedSet(),
        List.of(),
        List.of(words));
  }

  private AddressLine line(AllocationRecord record, DesiredContent content, DesiredStates states) {
    IpAddress address = record.address();
    Announcing announcing = picture.find(address).orElse(Announcing.UNKNOWN);
    Condition condition = AnnouncedCondition.of(List.of(address), picture);
    Map<NodeName, List<String>> why = states.why(address);
    List<Place> places = new ArrayList<>();
    for (NodeName node : content.candidates().find(address).orElse(List.of())) {
      places.add(new Place(node, why(node, address, why.getOrDefault(node, List.of()))));
    }
    return new AddressLine(
        address,
        services(record),
        record.state().text(),
        condition.reason(),
        condition.message(),
        announcing.owner().map(Owned::node),
        announcing.owner().map(Owned::since),
        announcing.nodes(),
        places,
        announcing.contested().entrySet().stream()
            .map(entry -> entry.getKey() + " announces it, and " + entry.getValue().words())
            .toList());
  }

  private List<String> why(NodeName node, IpAddress address, List<String> standing) {
    List<String> why = new ArrayList<>();
    if (input.owners().find(address).equals(Optional.of(node))) {
      why.add("owner");
    }
    if (input.moves().find(address).equals(Optional.of(node))) {
      why.add("to take over for balance");
    }
    why.addAll(standing);
    return why;
  }

  private static List<ServiceRef> services(AllocationRecord record) {
    return record.holders().stream().map(Holder::service).sorted().toList();
  }

  private List<NodeLine> nodes() {
    Map<NodeName, Integer> owned = new HashMap<>();
    picture
        .values()
        .forEach(one -> one.owner().ifPresent(owner -> owned.merge(owner.node(), 1, Integer::sum)));
    return reports.entrySet().stream()
        .map(
            entry ->
                new NodeLine(
                    entry.getKey(),
                    speaker(entry.getValue()),
                    owned.getOrDefault(entry.getKey(), 0),
                    input
                        .links()
                        .find(entry.getKey())
                        .map(NodeLinks::prefixes)
                        .orElse(new TreeMap<>())))
        .toList();
  }

  private static String speaker(SpeakerReport report) {
    return report
        .failure()
        .map(Failure::toString)
        .orElse(report.status().isPresent() ? NodeSessions.UP : "not heard of yet");
  }

  /// By the same rules as everything else, over a world without the node.
  private Drain without(NodeName node, DesiredContent now) {
    DesiredContent then = DesiredStates.buildOnce(Drains.without(node, input));
    List<Move> moves = new ArrayList<>();
    for (AllocationRecord record : input.ledger().records().values()) {
      IpAddress address = record.address();
      boolean isOwn =
          picture
              .find(address)
              .flatMap(Announcing::owner)
              .map(Owned::node)
              .or(() -> first(now, address))
              .equals(Optional.of(node));
      boolean isPlaced = now.placed().containsKey(address);
      boolean isLost = isPlaced && !then.placed().containsKey(address);
      if (isPlaced && (isOwn || isLost)) {
        moves.add(
            new Move(
                address,
                services(record),
                node,
                first(then, address),
                then.notAnnounced()
                    .find(address)
                    .map(why -> why.reason().text() + ": " + why.message())));
      }
    }
    long unserved =
        moves.stream().filter(move -> !then.placed().containsKey(move.address())).count();
    return new Drain(node, moves, unserved);
  }

  private static Optional<NodeName> first(DesiredContent content, IpAddress address) {
    return content.candidates().find(address).map(List::getFirst);
  }
}
