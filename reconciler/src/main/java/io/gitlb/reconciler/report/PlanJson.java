// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.impact.Consequence;
import io.gitlb.reconciler.impact.Consequence.Cause;
import io.gitlb.reconciler.impact.Consequence.Kind;
import io.gitlb.reconciler.impact.Impact;
import io.gitlb.reconciler.impact.PoolChange;
import io.gitlb.reconciler.impact.PoolChange.PoolUse;
import io.gitlb.reconciler.report.JsonText.Members;
import io.gitlb.reconciler.report.PlanReport.Ground;
import io.gitlb.reconciler.report.PlanReport.Knowledge;
import io.gitlb.reconciler.report.PlanReport.Revision;
import io.gitlb.schema.model.Problem;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Plans for machines, in the form of `schema/plan-v1.schema.json`. Members may be added within a
/// major version; a reader passes over what it does not know.
public final class PlanJson {

  /// Major and minor version of the form.
  public static final String FORMAT_VERSION = "1.0";

  private PlanJson() {}

  /// The document, ending in a line feed.
  ///
  /// @param reports one a cluster
  public static String write(List<PlanReport> reports) {
    return JsonText.write(
        new Members()
            .put("format_version", FORMAT_VERSION)
            .put(
                "verdict",
                reports.stream()
                    .map(report -> Verdict.of(report).word())
                    .max(Verdict.BY_WEIGHT)
                    .orElse(Verdict.Word.NO_CHANGE)
                    .text())
            .put("plans", reports.stream().map(PlanJson::plan).toList()));
  }

  private static Members plan(PlanReport report) {
    Verdict verdict = Verdict.of(report);
    Members plan =
        new Members()
            .put("cluster", report.ground().cluster())
            .put("direction", report.ground().direction().name().toLowerCase(Locale.ROOT))
            .put("verdict", verdict.word().text())
            .put("summary", verdict.line());
    report.impact().ifPresent(impact -> impact(plan, impact));
    plan.put("problems", problems(report.problems()))
        .put("warnings", problems(report.warnings()))
        .put("approval", report.approval().map(PlanJson::approval))
        .put("notes", report.notes());
    return ground(plan, report.ground());
  }

  private static void impact(Members plan, Impact impact) {
    Members counts = new Members();
    for (Map.Entry<Kind, Integer> count : impact.counts().entrySet()) {
      counts.put(word(count.getKey().text()), count.getValue());
    }
    plan.put("counts", counts)
        .put("services", impact.consequences().stream().map(PlanJson::service).toList())
        .put("pools", impact.pools().stream().map(PlanJson::pool).toList())
        .put(
            "documents",
            impact.edited().stream()
                .map(
                    one ->
                        new Members()
                            .put("kind", one.kind())
                            .put("name", one.name())
                            .put("action", one.action().text()))
                .toList())
        .put(
            "owners",
            impact.owners().stream()
                .map(
                    one ->
                        new Members()
                            .put("address", one.address())
                            .put("before", one.before())
                            .put("after", one.after()))
                .toList())
        .put(
            "routes",
            impact.routes().stream()
                .map(
                    one ->
                        new Members()
                            .put("peer", one.peer())
                            .put("prefix", one.prefix())
                            .put("change", word(one.kind().text()))
                            .put("before", texts(one.before()))
                            .put("after", texts(one.after())))
                .toList())
        .put(
            "sessions",
            impact.sessions().stream()
                .map(
                    one ->
                        new Members()
                            .put("peer", one.peer())
                            .put("change", one.kind().text())
                            .put("nodes", texts(one.nodes())))
                .toList());
  }

  private static Members service(Consequence one) {
    return new Members()
        .put("namespace", one.service().namespace())
        .put("name", one.service().name())
        .put("consequence", word(one.kind().text()))
        .put("disruptive", one.kind().isDisruptive())
        .put("before", texts(one.before()))
        .put("after", texts(one.after()))
        .put("concerned", texts(one.concerned()))
        .put("after_approval", texts(one.approved()))
        .put("reason", one.cause().map(cause -> cause.reason().text()))
        .put("message", one.cause().map(Cause::message))
        .put(
            "holdings",
            one.holdings().stream()
                .map(
                    holding ->
                        new Members()
                            .put("address", holding.address())
                            .put("pool", holding.pool())
                            .put("since", holding.since())
                            .put("announced_by", holding.announcer()))
                .toList());
  }

  private static Members pool(PoolChange pool) {
    return new Members()
        .put("name", pool.name())
        .put("document", pool.document().name().toLowerCase(Locale.ROOT))
        .put("before", pool.before().map(PlanJson::use))
        .put("after", pool.after().map(PlanJson::use));
  }

  private static Members use(PoolUse use) {
    return new Members().put("size", use.size()).put("used", use.used()).put("free", use.free());
  }

  private static List<Members> problems(List<Problem> problems) {
    return problems.stream().map(PlanJson::problem).toList();
  }

  static Members problem(Problem problem) {
    return new Members()
        .put("file", problem.place().file())
        .put("line", problem.place().line())
        .put("column", problem.place().column())
        .put("code", problem.code().code())
        .put("message", problem.message());
  }

  private static Members approval(ApprovalDraft draft) {
    return new Members()
        .put("addresses", texts(draft.addresses()))
        .put("digest", draft.digest())
        .put("expires", draft.expires())
        .put("document", draft.yaml());
  }

  private static Members ground(Members plan, Ground ground) {
    return plan.put("base", revision(ground.base()))
        .put("head", revision(ground.head()))
        .put("ledger", ground.ledger().map(PlanJson::revision))
        .put(
            "knowledge",
            switch (ground.knowledge()) {
              case Knowledge.Live live -> knowledge("live", live.at());
              case Knowledge.Remembered facts -> knowledge("facts", facts.asOf());
              case Knowledge.Nothing _ ->
                  new Members().put("source", "none").put("as_of", Optional.empty());
            })
        .put("tool", ground.tool());
  }

  private static Members knowledge(String source, Instant asOf) {
    return new Members().put("source", source).put("as_of", asOf);
  }

  private static Members revision(Revision revision) {
    return new Members()
        .put("name", revision.name())
        .put("commit", revision.commit())
        .put("at", revision.at());
  }

  private static List<String> texts(Collection<?> values) {
    return values.stream().map(Object::toString).toList();
  }

  /// Words for machines have no blanks.
  private static String word(String text) {
    return text.replace(' ', '-');
  }
}
