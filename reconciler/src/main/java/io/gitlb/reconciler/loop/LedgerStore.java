// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.schema.model.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The ledger branch. One writer at a time; the local copy is durable before a call returns.
public interface LedgerStore {

  /// Fetches the remote branch when it can be reached and reads every record.
  Load load();

  /// Writes one commit on the local branch and syncs it to disk.
  ///
  /// @param batch what changes
  Commit commit(LedgerBatch batch, CommitNote note);

  /// Whether a commit is part of the local branch.
  ///
  /// @param commit 40 hexadecimal digits
  boolean holds(String commit);

  /// Notes durably, beside the branch, that an epoch begins; [Load.Loaded#highestEpoch()] counts
  /// it.
  ///
  /// @return why that did not work
  Optional<Failure> begin(long epoch);

  /// Pushes what the remote does not have yet. Blocks, bounded by the adapter's deadline.
  Push push();

  /// Asks where the remote's branch is, although there is nothing to push: one cheap question when
  /// it is where it was left, otherwise the same as [#push]. Blocks likewise.
  Push look();

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
    /// @param highestEpoch the highest epoch that a commit names or that was begun; 0 when none was
    /// @param problems files that are not records; they are left alone
    /// @param remote whether the remote was asked
    /// @param lost what commits of ours had done that the remote's branch, which somebody else
    ///   wrote to in the meantime, does not have; the remote won
    /// @param notices what was repaired on the way or looked wrong: a local copy made anew, a
    ///   remote branch that was set back, replaced or deleted
    /// @param history whether the head continues what this store had loaded or committed before
    record Loaded(
        Ledger ledger,
        String commit,
        long highestEpoch,
        List<Problem> problems,
        Remote remote,
        Displaced lost,
        List<Failure> notices,
        History history)
        implements Load {

      public Loaded {
        problems = List.copyOf(problems);
        notices = List.copyOf(notices);
      }

      /// Nothing lost, nothing to tell.
      public Loaded(
          Ledger ledger, String commit, long highestEpoch, List<Problem> problems, Remote remote) {
        this(
            ledger,
            commit,
            highestEpoch,
            problems,
            remote,
            Displaced.NOTHING,
            List.of(),
            History.CONTINUED);
      }
    }

    /// It is still under way; whoever runs the loop is woken when it has ended, and the next call
    /// gives the answer.
    record Running() implements Load {}

    /// Nothing could be read, so nothing may be decided.
    record Unreadable(Failure failure) implements Load {}
  }

  /// Whether a head continues another one.
  enum History {
    /// It does, or what it lacks is told as displaced; so does the first one.
    CONTINUED,
    /// It does not: the local copy was lost and with it what had not been pushed.
    BROKEN
  }

  /// What commits of ours had done to the ledger and a branch that took their place has not.
  ///
  /// @param records as ours had written them
  /// @param freed records that ours had removed, as the other branch has them
  record Displaced(List<AllocationRecord> records, List<AllocationRecord> freed) {

    /// Nothing.
    public static final Displaced NOTHING = new Displaced(List.of(), List.of());

    public Displaced {
      records = List.copyOf(records);
      freed = List.copyOf(freed);
    }

    /// Whether there is nothing to do again.
    public boolean isEmpty() {
      return records.isEmpty() && freed.isEmpty();
    }
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
    /// @param notices what looked wrong at the remote and was put right: a branch that was set back
    ///   or deleted
    record Pushed(int commits, List<Failure> notices) implements Push {

      public Pushed {
        notices = List.copyOf(notices);
      }

      /// Nothing to tell.
      public Pushed(int commits) {
        this(commits, List.of());
      }
    }

    /// Somebody else wrote to the branch. The local branch was moved to the remote's head: load
    /// again and plan again.
    ///
    /// @param lost what our commits had done that the remote does not have
    /// @param notices what looked wrong at the remote: a branch that was replaced
    record Rejected(Displaced lost, List<Failure> notices) implements Push {

      public Rejected {
        notices = List.copyOf(notices);
      }
    }

    /// It is still under way; whoever runs the loop is woken when it has ended, and the next call
    /// gives the answer.
    record Running() implements Push {}

    /// The local copy is to blame: load again.
    record Damaged(Failure failure) implements Push {}

    /// The remote could not be reached or refused us; try again later.
    record Failed(Failure failure) implements Push {}
  }
}
