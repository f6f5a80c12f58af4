// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.impact.Consequence.Kind;
import io.gitlb.reconciler.impact.Impact;
import io.gitlb.reconciler.report.PlanReport.Knowledge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The one line that says it all, and the word for machines.
///
/// @param word `refused`, `no-change`, `changes` or `disrupts`
/// @param line for people, counts first
public record Verdict(Word word, String line) {

  /// What counts more comes last; a refusal counts most.
  public static final Comparator<Word> BY_WEIGHT = Comparator.naturalOrder();

  /// How a plan ends.
  public enum Word {
    NO_CHANGE("no-change"),
    CHANGES("changes"),
    DISRUPTS("disrupts"),
    REFUSED("refused");

    private final String text;

    Word(String text) {
      this.text = text;
    }

    /// For machines.
    public String text() {
      return text;
    }
  }

  /// What a report comes to.
  public static Verdict of(PlanReport report) {
    Optional<Impact> impact = report.impact();
    if (impact.isEmpty()) {
      return new Verdict(
          Word.REFUSED,
          Words.count(report.problems().size(), "problem")
              + "; this configuration would be refused and the one before it stay in force");
    }
    boolean blind = report.ground().ledger().isEmpty();
    if (blind && impact.get().weight() != Impact.Weight.NOTHING) {
      return new Verdict(
          Word.DISRUPTS,
          "without a ledger nothing is known of live Services, so whether they are disrupted is not"
              + " known");
    }
    String counts = counts(impact.get());
    return switch (impact.get().weight()) {
      case NOTHING -> new Verdict(Word.NO_CHANGE, "no change; " + counts + suffix(report));
      case CHANGES ->
          new Verdict(Word.CHANGES, counts + "; no live Service is disrupted" + suffix(report));
      case DISRUPTS ->
          new Verdict(Word.DISRUPTS, counts + "; " + disruption(impact.get()) + suffix(report));
    };
  }

  private static String disruption(Impact impact) {
    boolean certain =
        impact.consequences().stream()
            .anyMatch(one -> one.kind().isDisruptive() && one.kind() != Kind.UNKNOWN);
    return certain
        ? "live Services are disrupted"
        : "whether live Services are disrupted is not known";
  }

  private static String counts(Impact impact) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<Kind, Integer> entry : impact.counts().entrySet()) {
      if (entry.getValue() > 0) {
        parts.add(entry.getValue() + " " + Words.of(entry.getKey(), entry.getValue()));
      }
    }
    return parts.isEmpty() ? "no Service has an address" : String.join(", ", parts);
  }

  private static String suffix(PlanReport report) {
    return switch (report.ground().knowledge()) {
      case Knowledge.Live _ -> "";
      case Knowledge.Remembered remembered -> " (as of " + Words.time(remembered.asOf()) + ")";
      case Knowledge.Nothing _ -> " (the ledger has no facts of the cluster)";
    };
  }
}
