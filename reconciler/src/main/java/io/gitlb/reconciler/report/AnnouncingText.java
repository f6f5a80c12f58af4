// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.report.AnnouncingReport.AddressLine;
import io.gitlb.reconciler.report.AnnouncingReport.Drain;
import io.gitlb.reconciler.report.AnnouncingReport.Move;
import io.gitlb.reconciler.report.AnnouncingReport.NodeLine;
import io.gitlb.reconciler.report.AnnouncingReport.Place;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/// Who announces what, for a terminal: tables with two spaces between the columns, times in UTC.
public final class AnnouncingText {

  /// More candidates than this are counted, not listed: the first four watch each other.
  private static final int LISTED = 4;

  private AnnouncingText() {}

  /// All of it, ending in a line feed. With a drain: only that.
  public static String write(AnnouncingReport report) {
    return report.drain().isPresent()
        ? drain(report.drain().get(), report.addresses().size())
        : addresses(report.addresses()) + notes(report.addresses()) + "\n" + nodes(report.nodes());
  }

  private static String addresses(List<AddressLine> lines) {
    if (lines.isEmpty()) {
      return "no address is given to anybody\n";
    }
    Table table = new Table("ADDRESS", "SERVICE", "STATE", "FROM", "SINCE", "CANDIDATES");
    for (AddressLine line : lines) {
      table.row(
          line.address().toString(),
          services(line.services()),
          line.record().equals("held") ? line.reason() + ", held" : line.reason(),
          line.owner().map(NodeName::value).orElseGet(() -> byRoute(line.nodes())),
          line.since().map(Instant::toString).orElse("-"),
          candidates(line.candidates()));
    }
    return table.text();
  }

  private static String services(List<ServiceRef> services) {
    return services.isEmpty() ? "-" : joined(services);
  }

  private static String byRoute(Collection<NodeName> nodes) {
    return nodes.isEmpty() ? "-" : joined(nodes) + " (BGP)";
  }

  private static String candidates(List<Place> places) {
    if (places.isEmpty()) {
      return "-";
    }
    String listed =
        places.stream()
            .limit(LISTED)
            .map(
                place ->
                    place.node() + (place.why().isEmpty() ? "" : " (" + joined(place.why()) + ")"))
            .collect(Collectors.joining(", "));
    return places.size() > LISTED ? listed + " and " + (places.size() - LISTED) + " more" : listed;
  }

  /// What a person has to look at.
  private static String notes(List<AddressLine> lines) {
    StringBuilder text = new StringBuilder();
    for (AddressLine line : lines) {
      if (!line.reason().equals("Announced")) {
        text.append("\n").append(line.message());
      }
    }
    return text.isEmpty() ? "" : text.append("\n").toString();
  }

  private static String nodes(List<NodeLine> lines) {
    if (lines.isEmpty()) {
      return "no node has a speaker\n";
    }
    Table table = new Table("NODE", "ADDRESSES", "INTERFACES", "SPEAKER");
    for (NodeLine line : lines) {
      table.row(
          line.node().value(),
          Integer.toString(line.addresses()),
          line.interfaces().isEmpty()
              ? "-"
              : line.interfaces().entrySet().stream()
                  .map(nic -> (nic.getKey() + " " + joined(nic.getValue())).strip())
                  .collect(Collectors.joining("; ")),
          line.speaker());
    }
    return table.text();
  }

  private static String drain(Drain drain, int all) {
    if (drain.moves().isEmpty()) {
      return "Without %s nothing would move; it announces no address.\n".formatted(drain.node());
    }
    Table table = new Table("ADDRESS", "SERVICE", "FROM", "TO");
    for (Move move : drain.moves()) {
      table.row(
          move.address().toString(),
          services(move.services()),
          move.from().value(),
          move.to()
              .map(NodeName::value)
              .orElseGet(() -> move.why().map(why -> "nobody: " + why).orElse("BGP only")));
    }
    return "Without %s %d of %d %s would move, %d to nobody:\n\n"
            .formatted(
                drain.node(),
                drain.moves().size(),
                all,
                all == 1 ? "address" : "addresses",
                drain.unserved())
        + table.text();
  }

  private static String joined(Collection<?> items) {
    return items.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}
