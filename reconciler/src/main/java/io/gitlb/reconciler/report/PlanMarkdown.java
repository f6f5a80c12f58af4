// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.impact.Consequence;
import io.gitlb.reconciler.impact.Impact;
import io.gitlb.reconciler.impact.PoolChange;
import io.gitlb.schema.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Plans as one comment on a pull request: the verdict and what happens to live Services in sight,
/// the rest folded, and never more than a Git host takes. What is left out is said.
public final class PlanMarkdown {

  /// Finds the comment again, so that there is one that is kept up to date.
  public static final String MARKER = "<!-- gitlb plan -->";

  /// GitHub takes 65,536 characters; what adds a line of its own has room.
  public static final int LONGEST = 60_000;

  /// A longer list is folded.
  private static final int IN_SIGHT = 12;

  private final StringBuilder text = new StringBuilder();
  private final int longest;

  private PlanMarkdown(int longest) {
    this.longest = longest;
  }

  /// The whole comment, ending in a line feed.
  ///
  /// @param reports one a cluster
  public static String write(List<PlanReport> reports) {
    StringBuilder comment = new StringBuilder(MARKER).append('\n');
    int each = (LONGEST - MARKER.length() - 1) / Math.max(1, reports.size());
    for (PlanReport report : reports) {
      PlanMarkdown one = new PlanMarkdown(each);
      one.report(report);
      comment.append(one.text);
    }
    return comment.toString();
  }

  private void report(PlanReport report) {
    line("### GitLB plan for cluster `" + report.ground().cluster() + "`");
    line("");
    line("**" + escape(Verdict.of(report).line()) + "**");
    Function<Problem, String> problem = one -> "- " + escape(one.toString());
    section("Problems", report.problems().stream().map(problem).toList());
    report.impact().ifPresent(impact -> services(impact.consequences()));
    report.approval().ifPresent(this::approval);
    report.impact().ifPresent(this::rest);
    section("Warnings", report.warnings().stream().map(problem).toList());
    section("Notes", report.notes().stream().map(note -> "- " + escape(note)).toList());
    folded(
        "Worked out from",
        PlanLines.ground(report.ground()).stream()
            .map(row -> "- " + row.getFirst() + ": " + escape(row.getLast()))
            .toList());
  }

  private void services(List<Consequence> consequences) {
    List<String> rows = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (Consequence one : consequences) {
      if (PlanLines.isListed(one.kind())) {
        rows.add(
            "- **%s** `%s` %s%s"
                .formatted(
                    one.kind().text(),
                    one.service(),
                    escape(PlanLines.addresses(one)),
                    detail(one)));
      } else {
        others.add(
            "- %s `%s` %s"
                .formatted(one.kind().text(), one.service(), escape(PlanLines.addresses(one))));
      }
    }
    section("Live Services", rows);
    folded(Words.count(others.size(), "Service") + " to which nothing happens", others);
  }

  private static String detail(Consequence one) {
    List<String> parts = new ArrayList<>();
    String holdings = PlanLines.holdings(one);
    if (!holdings.isEmpty()) {
      parts.add(escape(holdings));
    }
    PlanLines.remarks(one).forEach(remark -> parts.add(escape(remark)));
    return parts.isEmpty() ? "" : "<br>" + String.join("<br>", parts);
  }

  private void approval(ApprovalDraft draft) {
    String yaml = draft.yaml();
    if (yaml.length() > room() / 2) {
      line("");
      line(
          "What is held needs an Approval, which is too long for a comment; `gitlb plan -o text`"
              + " prints it.");
      return;
    }
    line("");
    line("What is held is let go of by this document, in the same pull request:");
    line("");
    line("```yaml");
    text.append(yaml);
    line("```");
  }

  private void rest(Impact impact) {
    pools(impact.pools());
    folded(
        "Documents",
        impact.edited().stream().map(one -> "- " + one.action().text() + " " + one.id()).toList());
    folded("Layer 2 owners", lines(impact.owners(), PlanLines::owner));
    folded("BGP prefixes", lines(impact.routes(), PlanLines::route));
    section("BGP sessions", lines(impact.sessions(), PlanLines::session));
  }

  private static <T> List<String> lines(List<T> items, Function<T, String> words) {
    return items.stream().map(item -> "- " + escape(words.apply(item))).toList();
  }

  private void pools(List<PoolChange> pools) {
    List<String> rows =
        pools.stream()
            .filter(PlanLines::isChanged)
            .map(
                pool ->
                    "| %s | %s | %s | %s |"
                        .formatted(
                            pool.name(),
                            PlanLines.size(pool),
                            PlanLines.used(pool),
                            PlanLines.free(pool)))
            .toList();
    if (!rows.isEmpty()) {
      line("");
      line("| Pool | Size | Used | Free |");
      line("|---|---|---|---|");
      items(rows);
    }
  }

  /// In sight while it is short.
  private void section(String heading, List<String> items) {
    if (items.isEmpty()) {
      return;
    }
    line("");
    line("#### " + heading);
    if (items.size() <= IN_SIGHT) {
      line("");
      items(items);
    } else {
      line("");
      items(items.subList(0, IN_SIGHT));
      folded((items.size() - IN_SIGHT) + " more", items.subList(IN_SIGHT, items.size()));
    }
  }

  private void folded(String summary, List<String> items) {
    if (items.isEmpty()) {
      return;
    }
    line("");
    line("<details><summary>" + summary + "</summary>");
    line("");
    items(items);
    line("");
    line("</details>");
  }

  /// As many as there is room for, with some left for what follows.
  private void items(List<String> items) {
    int written = 0;
    while (written < items.size() && items.get(written).length() + 1 < room() * 3 / 4) {
      line(items.get(written));
      written++;
    }
    if (written < items.size()) {
      line("");
      line(
          "_%d more are left out of this comment; `gitlb plan -o text` lists all._"
              .formatted(items.size() - written));
    }
  }

  /// A few sentences and closing tags always fit.
  private int room() {
    return Math.max(0, longest - text.length() - 3_000);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  /// What comes from a cluster or a document is shown as it is: nothing in it is a tag, a link, a
  /// mention or a reference.
  static String escape(String words) {
    StringBuilder escaped = new StringBuilder();
    words
        .codePoints()
        .forEach(
            c -> {
              if ("\\`*_[]|~".indexOf(c) >= 0) {
                escaped.append('\\').appendCodePoint(c);
              } else if ("<>&@#".indexOf(c) >= 0) {
                escaped.append("&#").append(c).append(';');
              } else {
                escaped.appendCodePoint(Character.isISOControl(c) ? ' ' : c);
              }
            });
    return escaped.toString();
  }
}
