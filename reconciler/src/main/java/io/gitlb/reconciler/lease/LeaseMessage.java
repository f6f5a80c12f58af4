// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The words of a commit on the branch `leases`, in the form of the ledger's: a subject that says
/// it, a body that lists every change, and trailers for machines. `Block`, `Pool`, `Cluster` and
/// `Action` repeat for each change; `Config-Commit` and `Operation-Id` end the block.
public final class LeaseMessage {

  private LeaseMessage() {}

  /// The message, ending in a line feed.
  ///
  /// @param edits at least one
  /// @param operationId names this attempt, so that it can be found again
  public static String write(List<LeaseEdit> edits, String configCommit, String operationId) {
    StringBuilder text = new StringBuilder(subject(edits)).append("\n\n");
    edits.forEach(edit -> text.append("- ").append(sentence(edit)).append('\n'));
    text.append("\n[skip ci]\n\n");
    for (LeaseEdit edit : edits) {
      text.append("Block: ").append(edit.block());
      text.append("\nPool: ").append(edit.lease().pool());
      text.append("\nCluster: ").append(edit.lease().cluster());
      text.append("\nAction: ").append(action(edit)).append('\n');
    }
    text.append("Config-Commit: ").append(configCommit);
    return text.append("\nOperation-Id: ").append(operationId).append('\n').toString();
  }

  private static String subject(List<LeaseEdit> edits) {
    if (edits.size() == 1) {
      return sentence(edits.getFirst());
    }
    return edits.stream()
        .collect(
            Collectors.groupingBy(
                edit -> action(edit) + " %d blocks, cluster " + edit.lease().cluster(),
                TreeMap::new,
                Collectors.counting()))
        .entrySet()
        .stream()
        .map(entry -> entry.getKey().formatted(entry.getValue()))
        .collect(Collectors.joining("; "));
  }

  private static String action(LeaseEdit edit) {
    return switch (edit) {
      case LeaseEdit.Take _ -> "lease";
      case LeaseEdit.Return _ -> "return";
      case LeaseEdit.Reclaim _ -> "reclaim";
    };
  }

  private static String sentence(LeaseEdit edit) {
    Lease lease = edit.lease();
    String words = edit.block() + " of pool " + lease.pool();
    return switch (edit) {
      case LeaseEdit.Take _ -> "lease " + words + " to cluster " + lease.cluster();
      case LeaseEdit.Return _ ->
          "return " + words + ", no address of cluster " + lease.cluster() + " in it";
      case LeaseEdit.Reclaim reclaim ->
          "reclaim "
              + words
              + " from cluster "
              + reclaim.before().cluster()
              + " for cluster "
              + lease.cluster()
              + ", approved by "
              + reclaim.approval();
    };
  }
}
