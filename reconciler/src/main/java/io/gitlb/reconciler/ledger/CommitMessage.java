// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import static java.util.stream.Collectors.joining;

import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.LedgerBatch.FileEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The words of a ledger commit: a subject that says it all when it is one change, a body that
/// lists every change, and a trailer block for machines.
///
/// The trailers `Address`, `Service` (one a holder), `Pool`, `Action` and `Reason` repeat for each
/// change in that order, `Event` tells what a remark is about, `File` each further file;
/// `Config-Commit`, `Operation-Id` and `Epoch` end the block, once.
public final class CommitMessage {

  /// Keeps continuous integration from running on a commit that nobody wrote.
  static final String SKIP_CI = "[skip ci]";

  private CommitMessage() {}

  /// The message, ending in a line feed.
  ///
  /// @param configCommit the config commit in force, 40 hexadecimal digits
  /// @param operationId names this attempt to commit, so that it can be found again
  /// @param epoch the writer's
  public static String write(
      LedgerBatch batch, String configCommit, String operationId, long epoch) {
    StringBuilder text = new StringBuilder(subject(batch)).append("\n\n");
    batch.remark().ifPresent(remark -> text.append("- ").append(remark.detail()).append('\n'));
    for (LedgerEdit edit : batch.edits()) {
      text.append("- ").append(sentence(edit)).append('\n');
    }
    for (FileEdit file : batch.files()) {
      text.append("- ").append(file.sentence()).append('\n');
    }
    text.append('\n').append(SKIP_CI).append("\n\n");
    for (LedgerEdit edit : batch.edits()) {
      appendTrailers(text, edit);
    }
    batch
        .remark()
        .ifPresent(
            remark ->
                text.append(CommitTrailers.EVENT)
                    .append(": ")
                    .append(remark.event().text())
                    .append('\n'));
    for (FileEdit file : batch.files()) {
      text.append(CommitTrailers.FILE).append(": ").append(file.path()).append('\n');
    }
    text.append(CommitTrailers.CONFIG_COMMIT).append(": ").append(configCommit).append('\n');
    text.append(CommitTrailers.OPERATION_ID).append(": ").append(operationId).append('\n');
    text.append(CommitTrailers.EPOCH).append(": ").append(epoch).append('\n');
    return text.toString();
  }

  /// A message of a commit that could not be given its true date, because that of its parent, made
  /// by a clock that ran ahead, is later.
  ///
  /// @param message ends in its trailer block
  public static String effectiveAt(String message, Instant time) {
    return message
        + CommitTrailers.EFFECTIVE_AT
        + ": "
        + time.truncatedTo(ChronoUnit.SECONDS)
        + "\n";
  }

  /// The one change in words, or how many there are of each kind.
  private static String subject(LedgerBatch batch) {
    List<LedgerEdit> edits = batch.edits();
    if (batch.remark().isPresent()) {
      return batch.remark().get().subject();
    }
    if (edits.isEmpty()) {
      return batch.files().stream().map(FileEdit::sentence).distinct().collect(joining(", "));
    }
    if (edits.size() == 1) {
      return sentence(edits.getFirst());
    }
    // action → how many edits have it
    SortedMap<Action, Integer> counts = new TreeMap<>();
    for (LedgerEdit edit : edits) {
      counts.merge(edit.action(), 1, Integer::sum);
    }
    return counts.entrySet().stream()
        .map(count -> count.getKey().text() + " " + count.getValue())
        .collect(joining(", "));
  }

  private static String sentence(LedgerEdit edit) {
    AllocationRecord record = edit.record();
    String services = services(record);
    String address = record.address().toString();
    return switch (edit.action()) {
      case PROBE -> "probe " + address + " for " + services + " from pool " + source(record);
      case CONFLICT ->
          "withhold " + address + " from " + services + conflict(record) + " on the link";
      case ALLOCATE -> "allocate " + address + " to " + services + " from pool " + source(record);
      case ADOPT -> "adopt " + address + " of " + services + " into pool " + record.pool();
      case HOLD -> "hold " + address + " for " + services + ", no longer given by the definitions";
      case UPDATE -> "update " + address + " of " + services;
      case RELEASE -> "release " + address + " from " + services;
      case RETAIN -> "retain " + address + " for " + services;
      case REST -> "rest " + address + " of pool " + record.pool() + ", last held by " + services;
      case RESTORE -> "restore " + address + " to " + services;
      case FREE -> "free " + address + " of pool " + record.pool() + ", last held by " + services;
    };
  }

  private static String conflict(AllocationRecord record) {
    return ": "
        + record.conflict().map(conflict -> conflict.mac().toString()).orElse("somebody else")
        + " answers for it";
  }

  private static String source(AllocationRecord record) {
    return record.pool() + " (" + record.reason().text() + ")";
  }

  private static String services(AllocationRecord record) {
    return record.holders().stream()
        .map(holder -> holder.service().toString())
        .collect(joining(", "));
  }

  private static void appendTrailers(StringBuilder text, LedgerEdit edit) {
    AllocationRecord record = edit.record();
    text.append(CommitTrailers.ADDRESS).append(": ").append(record.address()).append('\n');
    for (Holder holder : record.holders()) {
      text.append(CommitTrailers.SERVICE).append(": ").append(holder.service()).append('\n');
    }
    text.append(CommitTrailers.POOL).append(": ").append(record.pool()).append('\n');
    text.append(CommitTrailers.ACTION).append(": ").append(edit.action().text()).append('\n');
    text.append(CommitTrailers.REASON).append(": ").append(record.reason().text()).append('\n');
  }
}
