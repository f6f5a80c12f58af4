// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.loop.LedgerStore.Commit;
import io.gitlb.reconciler.loop.LedgerStore.CommitNote;
import io.gitlb.reconciler.loop.LedgerStore.Load;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.reconciler.loop.LedgerStore.Remote;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the ledger as it is on disk, writes plans to it and brings it to the remote.
final class LedgerKeeper {

  private static final Logger log = LoggerFactory.getLogger(LedgerKeeper.class);

  private static final String NEW_BRANCH = "0".repeat(40);

  private final LedgerStore store;
  private final LoopSettings settings;

  private Optional<Ledger> ledger = Optional.empty();
  private String head = NEW_BRANCH;
  private long highestEpoch;

  /// address → a record that we had committed and told the cluster of, and that somebody else's
  /// push has taken the place of; it is committed again
  private final SortedMap<IpAddress, AllocationRecord> lost = new TreeMap<>();

  private Adoption adoption = Adoption.OPEN;
  private long commits;
  private Optional<Failure> commitFailure = Optional.empty();
  private Retry commitRetry = Retry.NONE;

  /// Whether the remote may lack commits of ours; after a start nobody knows.
  private boolean ahead = true;

  /// Whether a push is under way, and whether something was committed since it began.
  private boolean pushing;

  private boolean committedMeanwhile;

  private TokenBucket bucket;
  private Optional<Failure> pushFailure = Optional.empty();
  private Retry pushRetry = Retry.NONE;

  LedgerKeeper(LedgerStore store, LoopSettings settings) {
    this.store = store;
    this.settings = settings;
    this.bucket = TokenBucket.full(settings.pushBurst(), settings.pushEvery());
  }

  /// Reads the ledger unless it has been read.
  ///
  /// @return why there is none to work with
  Optional<Failure> load() {
    if (ledger.isPresent()) {
      return Optional.empty();
    }
    return switch (store.load()) {
      case Load.Unreadable(Failure failure) -> Optional.of(failure);
      case Load.Loaded loaded -> take(loaded);
    };
  }

  private Optional<Failure> take(Load.Loaded loaded) {
    // A new branch here may be an old one there: its addresses must not be given away.
    if (loaded.commit().equals(NEW_BRANCH)
        && loaded.remote() instanceof Remote.Away(Failure away)) {
      return Optional.of(away);
    }
    loaded.problems().forEach(problem -> log.warn("ledger: {}", problem));
    loaded.notices().forEach(notice -> log.warn("ledger: {}", notice));
    displaced(loaded.lost());
    log.info("ledger: {} records at {}", loaded.ledger().records().size(), loaded.commit());
    ledger = Optional.of(withUnreadable(loaded));
    head = loaded.commit();
    highestEpoch = Math.max(highestEpoch, loaded.highestEpoch());
    return Optional.empty();
  }

  private void displaced(List<AllocationRecord> records) {
    records.forEach(record -> lost.put(record.address(), record));
    if (!records.isEmpty()) {
      adoption = Adoption.OPEN;
    }
  }

  private static Ledger withUnreadable(Load.Loaded loaded) {
    TreeSet<IpAddress> unreadable = new TreeSet<>();
    for (Problem problem : loaded.problems()) {
      RecordPath.parse(problem.place().file()).ifPresent(unreadable::add);
    }
    Ledger read = loaded.ledger();
    return new Ledger(read.clusterUid(), read.records(), unreadable, read.files());
  }

  /// As committed; only asked for after [#load] succeeded.
  Ledger ledger() {
    return ledger.orElseThrow(() -> new IllegalStateException("the ledger was not read"));
  }

  /// As it will be when these edits are committed too.
  Ledger ledgerAfter(List<LedgerEdit> edits) {
    Ledger next = ledger();
    for (LedgerEdit edit : edits) {
      next = next.with(edit);
    }
    return next;
  }

  /// As committed; empty until it was read.
  Optional<Ledger> readLedger() {
    return ledger;
  }

  /// Open from a start, and from the loss of records, until everything that was planned is
  /// recorded.
  Adoption adoption() {
    return adoption;
  }

  /// A plan is recorded whole: from now on the ledger is right, whatever statuses show.
  void recordedWhole() {
    adoption = Adoption.CLOSED;
    // What could not be committed is not wanted any more.
    commitFailure = Optional.empty();
    commitRetry = Retry.NONE;
  }

  String head() {
    return head;
  }

  long highestEpoch() {
    return highestEpoch;
  }

  /// Forgets what was read; the next [#load] reads it anew.
  void forget() {
    ledger = Optional.empty();
  }

  /// Commits again what somebody else's push has displaced. A status that was written stays true.
  ///
  /// @return whether nothing is missing any more
  boolean restoreLost(CommitNote note) {
    List<LedgerEdit> edits = new ArrayList<>();
    for (AllocationRecord record : lost.values()) {
      if (!record.equals(ledger().records().get(record.address()))) {
        edits.add(new LedgerEdit.Put(record, Action.ALLOCATE));
      }
    }
    for (List<LedgerEdit> part : Backlog.commits(edits)) {
      if (!commit(LedgerBatch.of(part), note)) {
        return false;
      }
    }
    lost.clear();
    return true;
  }

  /// Writes one commit.
  ///
  /// @return whether it is on disk; not while the pause after a failure lasts
  boolean commit(LedgerBatch batch, CommitNote note) {
    if (!commitRetry.isDue(note.now())) {
      return false;
    }
    return switch (store.commit(batch, note)) {
      case Commit.Committed(String commit) -> {
        committed(batch, note, commit);
        yield true;
      }
      case Commit.Failed(Failure failure) -> {
        if (commitFailure.isEmpty()) {
          log.error("ledger: {}; no status is written until it works", failure);
        }
        commitFailure = Optional.of(failure);
        commitRetry = commitRetry.afterFailure(note.now(), settings);
        yield false;
      }
    };
  }

  private void committed(LedgerBatch batch, CommitNote note, String commit) {
    Ledger next = ledger().with(batch);
    ledger =
        Optional.of(
            new Ledger(
                Optional.of(note.clusterUid()), next.records(), next.unreadable(), next.files()));
    head = commit;
    commits++;
    ahead = true;
    committedMeanwhile = true;
    commitFailure = Optional.empty();
    commitRetry = Retry.NONE;
  }

  /// Brings the remote up to date when there is need, and leave.
  ///
  /// @return whether the ledger has changed under the plan, so that it has to be made again
  boolean push(Instant now) {
    if (!pushing) {
      if (!ahead || !bucket.hasToken(now) || !pushRetry.isDue(now)) {
        return false;
      }
      bucket = bucket.take(now);
      committedMeanwhile = false;
    }
    Push push = store.push();
    pushing = push instanceof Push.Running;
    return switch (push) {
      case Push.Running _ -> false;
      case Push.Pushed(int commits) -> {
        if (commits > 0 || pushFailure.isPresent()) {
          log.info("ledger: pushed {} commits", commits);
        }
        ahead = committedMeanwhile;
        pushFailure = Optional.empty();
        pushRetry = Retry.NONE;
        yield false;
      }
      case Push.Rejected(List<AllocationRecord> displaced) -> {
        log.warn("ledger: somebody else wrote to the branch; planning again on top of that");
        displaced(displaced);
        ledger = Optional.empty();
        yield true;
      }
      case Push.Failed(Failure failure) -> {
        if (!pushFailure.equals(Optional.of(failure))) {
          log.warn("ledger: {}", failure);
        }
        pushFailure = Optional.of(failure);
        pushRetry = pushRetry.afterFailure(now, settings);
        yield false;
      }
    };
  }

  /// Whether commits wait for the remote.
  boolean isAhead() {
    return ahead;
  }

  /// How many commits were written.
  long commits() {
    return commits;
  }

  /// Why the last commit failed; empty when it worked.
  Optional<Failure> commitFailure() {
    return commitFailure;
  }

  /// Why the last push failed; empty when it worked.
  Optional<Failure> pushFailure() {
    return pushFailure;
  }

  /// When there is something to try again.
  Optional<Instant> next() {
    Instant push = bucket.nextAt().isAfter(pushRetry.at()) ? bucket.nextAt() : pushRetry.at();
    List<Instant> times = new ArrayList<>();
    if (ahead && !pushing) {
      times.add(push);
    }
    if (commitFailure.isPresent()) {
      times.add(commitRetry.at());
    }
    return times.isEmpty() ? Optional.empty() : Optional.of(Collections.min(times));
  }
}
