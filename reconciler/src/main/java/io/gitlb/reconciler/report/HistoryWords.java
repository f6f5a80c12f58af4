// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.ledger.AddressHistory.Content;
import io.gitlb.reconciler.ledger.AddressHistory.Recorded;
import io.gitlb.reconciler.ledger.AddressHistory.Removed;
import io.gitlb.reconciler.ledger.AddressHistory.Step;
import io.gitlb.reconciler.ledger.AddressHistory.Unreadable;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import java.util.stream.Collectors;

/// What the ledger says of an address, in words.
final class HistoryWords {

  private HistoryWords() {}

  /// When the words are true.
  enum Tense {
    NOW,
    THEN
  }

  /// Who has the address, or why nobody has.
  static String of(Content content, Tense tense) {
    return switch (content) {
      case Removed _ -> "nobody" + has(tense) + "it; free";
      case Unreadable(String why) -> "nobody knows: the file is no record (" + why + ")";
      case Recorded(AllocationRecord record) -> of(record, tense);
    };
  }

  private static String of(AllocationRecord record, Tense tense) {
    String services = services(record);
    String origin = ", from pool " + record.pool() + " (" + record.reason().text() + ")";
    String owned = services + (record.holders().size() == 1 ? has(tense) : have(tense)) + "it";
    return switch (record.state()) {
      case PROBING ->
          "nobody" + has(tense) + "it; the link is asked for it before " + services + " gets it";
      case CONFLICTED ->
          "nobody"
              + has(tense)
              + "it; "
              + record.conflict().map(conflict -> conflict.mac().toString()).orElse("a stranger")
              + " answers for it on the link, so "
              + services
              + " did not get it";
      case ALLOCATED -> owned + origin;
      case HELD -> owned + origin + "; held, the definitions no longer give it";
      case RELEASING -> "nobody" + has(tense) + "it; it is taken back from " + services;
      case RETAINED -> "nobody" + has(tense) + "it; it waits for " + services + " to come back";
      case RESTING -> "nobody" + has(tense) + "it; it rests, " + services + " had it last";
    };
  }

  private static String has(Tense tense) {
    return switch (tense) {
      case NOW -> " has ";
      case THEN -> " had ";
    };
  }

  private static String have(Tense tense) {
    return switch (tense) {
      case NOW -> " have ";
      case THEN -> " had ";
    };
  }

  /// `a/b, c/d`.
  static String services(AllocationRecord record) {
    return record.holders().stream()
        .map(holder -> holder.service().toString())
        .collect(Collectors.joining(", "));
  }

  /// Whether the holders of a record have its address, rather than had it.
  static boolean isOwned(State state) {
    return switch (state) {
      case ALLOCATED, HELD -> true;
      case PROBING, CONFLICTED, RELEASING, RETAINED, RESTING -> false;
    };
  }

  /// What is worth knowing of a commit that no reconciler wrote.
  static String author(Step step) {
    return step.action().isPresent() ? "" : "; written by " + step.by();
  }
}
