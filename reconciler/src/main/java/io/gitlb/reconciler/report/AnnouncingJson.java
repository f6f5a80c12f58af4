// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.report.AnnouncingReport.AddressLine;
import io.gitlb.reconciler.report.AnnouncingReport.Drain;
import io.gitlb.reconciler.report.AnnouncingReport.NodeLine;
import io.gitlb.reconciler.report.AnnouncingReport.Place;
import io.gitlb.reconciler.report.JsonText.Members;
import java.util.ArrayList;
import java.util.List;

/// Who announces what, for machines. Members are added, never renamed or removed.
public final class AnnouncingJson {

  private AnnouncingJson() {}

  /// A document, ending in a line feed.
  public static String write(AnnouncingReport report) {
    return JsonText.write(
        new Members()
            .put("at", report.at())
            .put("addresses", report.addresses().stream().map(AnnouncingJson::address).toList())
            .put("nodes", report.nodes().stream().map(AnnouncingJson::node).toList())
            .put("drain", report.drain().map(AnnouncingJson::drain)));
  }

  private static Members address(AddressLine line) {
    List<Members> candidates = new ArrayList<>();
    for (Place place : line.candidates()) {
      candidates.add(
          new Members()
              .put("node", place.node())
              .put("position", candidates.size() + 1)
              .put("why", place.why()));
    }
    return new Members()
        .put("address", line.address())
        .put("services", line.services())
        .put("record", line.record())
        .put("held", line.record().equals("held"))
        .put("reason", line.reason())
        .put("message", line.message())
        .put("owner", line.owner())
        .put("since", line.since())
        .put("nodes", List.copyOf(line.nodes()))
        .put("candidates", candidates)
        .put("conflicts", line.conflicts());
  }

  private static Members node(NodeLine line) {
    return new Members()
        .put("node", line.node())
        .put("speaker", line.speaker())
        .put("addresses", line.addresses())
        .put(
            "interfaces",
            line.interfaces().entrySet().stream()
                .map(
                    nic ->
                        new Members()
                            .put("name", nic.getKey())
                            .put("prefixes", List.copyOf(nic.getValue())))
                .toList());
  }

  private static Members drain(Drain drain) {
    return new Members()
        .put("node", drain.node())
        .put("unserved", drain.unserved())
        .put(
            "moves",
            drain.moves().stream()
                .map(
                    move ->
                        new Members()
                            .put("address", move.address())
                            .put("services", move.services())
                            .put("from", move.from())
                            .put("to", move.to())
                            .put("why", move.why()))
                .toList());
  }
}
