// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.ledger.CommitMessage;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.ledger.RecordText;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// Commits of the ledger as `git fast-import` reads them: what GitLB would write, by another hand.
final class FastImport {

  private final String branch;

  FastImport(String branch) {
    this.branch = branch;
  }

  /// One commit.
  ///
  /// @param operation its id
  /// @param first whether it follows what the branch has already
  String commit(List<LedgerEdit> edits, String operation, Instant now, boolean first) {
    String message =
        CommitMessage.write(LedgerBatch.of(edits), GitLedgerStoreTest.CONFIG_COMMIT, operation, 7);
    StringBuilder text = new StringBuilder();
    text.append("commit refs/heads/").append(branch).append('\n');
    text.append("committer GitLB <gitlb@lab.invalid> ").append(now.getEpochSecond());
    text.append(" +0000\ndata ").append(message.length()).append('\n').append(message).append('\n');
    if (first) {
      text.append("from refs/heads/").append(branch).append("^0\n");
    }
    for (LedgerEdit edit : edits) {
      String content = RecordText.write(edit.record());
      text.append("M 100644 inline ").append(RecordPath.of(edit.address())).append("\ndata ");
      text.append(content.length()).append('\n').append(content).append('\n');
    }
    return text.append('\n').toString();
  }

  /// Several commits of one moment.
  ///
  /// @param after what stands behind each
  byte[] stream(List<List<LedgerEdit>> commits, Instant now, String after) {
    StringBuilder text = new StringBuilder();
    for (List<LedgerEdit> edits : commits) {
      text.append(commit(edits, "operation", now, text.isEmpty())).append(after);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Imports a stream and syncs it to the disk.
  static void durably(GitCli git, byte[] stream) {
    git.run(
        stream,
        "-c",
        "core.fsync=all",
        "-c",
        "core.fsyncMethod=fsync",
        "-c",
        "fastimport.unpackLimit=1",
        "fast-import",
        "--quiet");
  }

  /// Imports commits as they are made: more than memory would hold.
  static void each(Path repository, Stream<String> commits)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("git", "fast-import", "--quiet")
            .directory(repository.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream out = new BufferedOutputStream(process.getOutputStream(), 1 << 20)) {
      for (String commit : (Iterable<String>) commits::iterator) {
        out.write(commit.getBytes(StandardCharsets.UTF_8));
      }
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException("git fast-import failed");
    }
  }
}
