// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.ledger.AddressHistory;
import io.gitlb.reconciler.ledger.AddressHistory.Period;
import io.gitlb.reconciler.ledger.ServiceHistory;
import io.gitlb.reconciler.ledger.ServiceHistory.Spell;
import io.gitlb.reconciler.report.HistoryWords.Tense;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The history of an address or a Service for a terminal: newest first, times in UTC.
public final class HistoryText {

  /// `2026-01-02T03:04:05Z`.
  private static final int TIME_WIDTH = 20;

  /// Short commits that stay unique in a large ledger.
  private static final int COMMIT_WIDTH = 12;

  private HistoryText() {}

  /// Everything about an address, ending in a line feed.
  public static String write(AddressHistory history, String branch) {
    StringBuilder text =
        new StringBuilder("%s on %s, newest first:\n\n".formatted(history.address(), branch));
    for (Period period : history.periods().reversed()) {
      line(text, period, sentence(period));
    }
    return text.toString();
  }

  /// Who had an address at a moment, ending in a line feed.
  public static String write(AddressHistory history, String branch, Instant at) {
    Optional<Period> period = history.at(at);
    if (period.isEmpty()) {
      return "%s, %s: nobody had it; its first record on %s is of %s\n"
          .formatted(time(at), history.address(), branch, time(history.steps().getFirst().at()));
    }
    return answer(history.address().toString(), period.get(), at);
  }

  /// Every address that a Service had, ending in a line feed.
  public static String write(ServiceHistory history, String branch) {
    StringBuilder text =
        new StringBuilder("%s on %s, newest first:\n\n".formatted(history.service(), branch));
    for (Spell spell : history.spells().reversed()) {
      line(text, spell.period(), spell.address() + ": " + sentence(spell.period()));
    }
    return text.toString();
  }

  /// Which addresses a Service had at a moment, ending in a line feed.
  public static String write(ServiceHistory history, String branch, Instant at) {
    List<Spell> spells = history.at(at);
    if (spells.isEmpty()) {
      return "%s, %s: no record of %s names it\n".formatted(time(at), history.service(), branch);
    }
    return spells.stream()
        .map(spell -> answer(spell.address().toString(), spell.period(), at))
        .collect(Collectors.joining());
  }

  private static String answer(String address, Period period, Instant at) {
    return "%s, %s: %s\n  %s, commit %s%s\n"
        .formatted(
            time(at),
            address,
            HistoryWords.of(period.step().content(), Tense.THEN)
                + HistoryWords.author(period.step()),
            "since "
                + time(period.from())
                + period.until().map(until -> " until " + time(until)).orElse(", still so"),
            period.step().commit(),
            config(period));
  }

  private static String config(Period period) {
    return period.step().content() instanceof AddressHistory.Recorded(var record)
        ? ", config commit " + record.configCommit()
        : "";
  }

  private static String sentence(Period period) {
    Tense tense = period.until().isPresent() ? Tense.THEN : Tense.NOW;
    return HistoryWords.of(period.step().content(), tense) + HistoryWords.author(period.step());
  }

  private static void line(StringBuilder text, Period period, String sentence) {
    text.append(time(period.from()))
        .append("  ")
        .append(padded(period.until().map(HistoryText::time).orElse("now"), TIME_WIDTH))
        .append("  ")
        .append(period.step().commit(), 0, COMMIT_WIDTH)
        .append("  ")
        .append(sentence)
        .append('\n');
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
