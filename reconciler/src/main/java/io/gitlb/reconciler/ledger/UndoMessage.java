// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import java.util.List;

/// The words of a ledger commit that takes back what others committed on the branch.
///
/// The trailers are those of a [CommitMessage], with the action `undo`: an address with the holders
/// that its record has again, or had in the record that goes; `File` for other files; `Undoes` for
/// each commit that is taken back.
public final class UndoMessage {

  /// The trailer that names a commit which is taken back.
  public static final String UNDOES = "Undoes";

  /// The value of the trailer `Action`.
  public static final String ACTION = "undo";

  /// More than anybody reads; the commits themselves say the rest.
  private static final int LISTED = 100;

  private UndoMessage() {}

  /// A commit of somebody else.
  ///
  /// @param id 40 hexadecimal digits
  /// @param author the name, on one line
  /// @param subject likewise
  public record Undone(String id, String author, String subject) {

    String sentence() {
      return "undo " + id.substring(0, 12) + " by " + author + ": " + subject;
    }
  }

  /// The message, ending in a line feed.
  ///
  /// @param commits at least one, newest first
  /// @param records the records as they are again, and those that are removed again
  /// @param files the paths of other files that change back
  /// @param operationId names this attempt to commit
  public static String write(
      List<Undone> commits,
      List<AllocationRecord> records,
      List<String> files,
      String operationId) {
    StringBuilder text = new StringBuilder();
    text.append(
        commits.size() == 1
            ? commits.getFirst().sentence()
            : "undo " + commits.size() + " commits that others made on this branch");
    text.append("\n\n");
    commits.stream()
        .limit(LISTED)
        .forEach(commit -> text.append("- ").append(commit.sentence()).append('\n'));
    text.append("\nOnly gitlb writes to this branch.\n\n");
    text.append(CommitMessage.SKIP_CI).append("\n\n");
    records.stream().limit(LISTED).forEach(record -> appendTrailers(text, record));
    files.stream().limit(LISTED).forEach(file -> append(text, CommitTrailers.FILE, file));
    commits.stream().limit(LISTED).forEach(commit -> append(text, UNDOES, commit.id()));
    append(text, CommitTrailers.OPERATION_ID, operationId);
    return text.toString();
  }

  private static void appendTrailers(StringBuilder text, AllocationRecord record) {
    append(text, CommitTrailers.ADDRESS, record.address().toString());
    for (Holder holder : record.holders()) {
      append(text, CommitTrailers.SERVICE, holder.service().toString());
    }
    append(text, CommitTrailers.POOL, record.pool().toString());
    append(text, CommitTrailers.ACTION, ACTION);
    append(text, CommitTrailers.REASON, record.reason().text());
  }

  private static void append(StringBuilder text, String key, String value) {
    text.append(key).append(": ").append(value).append('\n');
  }
}
