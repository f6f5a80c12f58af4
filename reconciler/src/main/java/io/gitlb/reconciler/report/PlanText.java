// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.impact.Consequence;
import io.gitlb.reconciler.impact.Impact;
import io.gitlb.reconciler.impact.PoolChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A plan for a terminal.
public final class PlanText {

  /// Of Services to which nothing happens.
  private static final int LISTED_KEEPS = 10;

  private final StringBuilder text = new StringBuilder();

  private PlanText() {}

  /// The whole text, ending in a line feed.
  public static String write(PlanReport report) {
    PlanText plan = new PlanText();
    plan.line("Plan for cluster " + report.ground().cluster() + ": " + Verdict.of(report).line());
    plan.problems("Problems", report.problems().stream().map(Object::toString).toList());
    report.impact().ifPresent(plan::impact);
    plan.problems("Warnings", report.warnings().stream().map(Object::toString).toList());
    plan.problems("Notes", report.notes());
    report.approval().ifPresent(plan::approval);
    plan.heading("Worked out from");
    plan.table(PlanLines.ground(report.ground()));
    return plan.text.toString();
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void heading(String heading) {
    text.append('\n').append(heading).append('\n');
  }

  private void problems(String heading, List<String> lines) {
    if (!lines.isEmpty()) {
      heading(heading);
      lines.forEach(line -> line("  " + line));
    }
  }

  private void impact(Impact impact) {
    services(impact.consequences());
    pools(impact.pools());
    section("Documents", impact.edited(), one -> one.action().text() + " " + one.id());
    section("Layer 2 owners", impact.owners(), PlanLines::owner);
    section("BGP prefixes", impact.routes(), PlanLines::route);
    section("BGP sessions", impact.sessions(), PlanLines::session);
  }

  private <T> void section(String heading, List<T> items, Function<T, String> line) {
    problems(heading, items.stream().map(line).toList());
  }

  private void services(List<Consequence> consequences) {
    if (consequences.isEmpty()) {
      return;
    }
    heading("Live Services");
    for (Consequence one : consequences) {
      if (PlanLines.isListed(one.kind())) {
        line(
            "  %s %s: %s %s"
                .formatted(
                    one.kind().text(),
                    one.service(),
                    PlanLines.addresses(one),
                    PlanLines.holdings(one))
                .stripTrailing());
        PlanLines.remarks(one).forEach(remark -> line("      " + remark));
      }
    }
    List<String> rest =
        consequences.stream()
            .filter(one -> !PlanLines.isListed(one.kind()))
            .map(one -> one.kind().text() + " " + one.service() + ": " + PlanLines.addresses(one))
            .toList();
    Words.few(rest, LISTED_KEEPS).forEach(line -> line("  " + line));
  }

  private void pools(List<PoolChange> pools) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", "size", "used", "free"));
    for (PoolChange pool : pools) {
      if (PlanLines.isChanged(pool)) {
        rows.add(
            List.of(
                pool.name().value(),
                PlanLines.size(pool),
                PlanLines.used(pool),
                PlanLines.free(pool)));
      }
    }
    if (rows.size() > 1) {
      heading("Pools");
      table(rows);
    }
  }

  private void approval(ApprovalDraft draft) {
    heading("Approval that lets go of what is held; put it into the configuration");
    draft.yaml().lines().forEach(line -> line("  " + line));
  }

  private void table(List<List<String>> rows) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(" ");
      for (int column = 0; column < row.size(); column++) {
        int of = column;
        int width = rows.stream().mapToInt(cells -> cells.get(of).length()).max().orElse(0);
        line.append(' ')
            .append(row.get(column))
            .append(" ".repeat(width - row.get(column).length()));
        line.append(column < row.size() - 1 ? " " : "");
      }
      line(line.toString().stripTrailing());
    }
  }
}
