// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.schema.model.Problem;
import java.time.Instant;
import java.util.List;

/// The ledger branch. One writer at a time; the local copy is durable before a call returns.
public interface LedgerStore {

  /// Fetches the remote branch when it can be reached and reads every record.
  Load load();

  /// Writes one commit on the local branch and syncs it to disk.
  ///
  /// @param batch what changes
  Commit commit(LedgerBatch batch, CommitNote note);

  /// Pushes what the remote does not have yet. Blocks, bounded by the adapter's deadline.
  Push push();

  /// What the commit message says beside the edits.
  ///
  /// @param clusterUid written to `cluster.yaml` by the first commit
  /// @param configCommit the config commit in force
  /// @param epoch the leader's
  /// @param now the commit's date
  record CommitNote(String clusterUid, String configCommit, long epoch, Instant now) {}

  /// What reading gave.
  sealed interface Load {

    /// The records of the local branch, with what the remote had that we did not.
    ///
    /// @param commit the head, 40 hexadecimal digits; all zeros while the branch is new
    /// @param highestEpoch the highest epoch that a commit names; 0 when none does
    /// @param problems files that are not records; they are left alone
    /// @param remote whether the remote was asked
    /// @param lost records of commits of ours that were never pushed and that the remote's branch,
    ///   which somebody else wrote to in the meantime, does not have; the remote won
    /// @param notices what was repaired on the way or looked wrong: a local copy made anew, a
    ///   remote branch that was set back, replaced or deleted
    record Loaded(
        Ledger ledger,
        String commit,
        long highestEpoch,
        List<Problem> problems,
        Remote remote,
        List<AllocationRecord> lost,
        List<Failure> notices)
        implements Load {

      public Loaded {
        problems = List.copyOf(problems);
        lost = List.copyOf(lost);
        notices = List.copyOf(notices);
      }

      /// Nothing lost, nothing to tell.
      public Loaded(
          Ledger ledger, String commit, long highestEpoch, List<Problem> problems, Remote remote) {
        this(ledger, commit, highestEpoch, problems, remote, List.of(), List.of());
      }
    }

    /// Nothing could be read, so nothing may be decided.
    record Unreadable(Failure failure) implements Load {}
  }

  /// Whether the remote took part.
  sealed interface Remote {

    /// It answered.
    record Reached() implements Remote {}

    /// It did not; the local branch served.
    record Away(Failure failure) implements Remote {}
  }

  /// How a commit ended.
  sealed interface Commit {

    /// It is on disk.
    ///
    /// @param commit the new head, 40 hexadecimal digits
    record Committed(String commit) implements Commit {}

    /// It is not; no status may be written for its edits.
    record Failed(Failure failure) implements Commit {}
  }

  /// How a push ended.
  sealed interface Push {

    /// The remote has the local head.
    ///
    /// @param commits how many commits went over; 0 when there was nothing to push
    record Pushed(int commits) implements Push {}

    /// Somebody else wrote to the branch. The local branch was moved to the remote's head: load
    /// again and plan again.
    ///
    /// @param lost the records of our commits that the remote does not have
    record Rejected(List<AllocationRecord> lost) implements Push {}

    /// It is still under way; whoever runs the loop is woken when it has ended, and the next call
    /// gives the answer.
    record Running() implements Push {}

    /// The remote could not be reached or refused us; try again later.
    record Failed(Failure failure) implements Push {}
  }
}
