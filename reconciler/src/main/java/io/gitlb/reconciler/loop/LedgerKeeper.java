// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerBatch.Event;
import io.gitlb.reconciler.ledger.LedgerBatch.Remark;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.ledger.RecordReader;
import io.gitlb.reconciler.loop.LedgerStore.Commit;
import io.gitlb.reconciler.loop.LedgerStore.CommitNote;
import io.gitlb.reconciler.loop.LedgerStore.Displaced;
import io.gitlb.reconciler.loop.LedgerStore.History;
import io.gitlb.reconciler.loop.LedgerStore.Load;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.reconciler.loop.LedgerStore.Remote;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the ledger as it is on disk, writes plans to it and brings it to the remote.
final class LedgerKeeper {

  private static final Logger log = LoggerFactory.getLogger(LedgerKeeper.class);

  private static final String NEW_BRANCH = "0".repeat(40);
  private static final Push NOT_ENDED = new Push.Running();

  /// What the codes begin with of commits that others made: the commit that undoes them says so.
  private static final String FOREIGN = "GLB23";

  private static final String RESTORED = "restore the ledger, which was not as it had been left";

  /// Nobody's clock is better than this.
  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(5);

  private final LedgerStore store;
  private final LoopSettings settings;

  private final LedgerPushes pushes;

  private Optional<Ledger> ledger = Optional.empty();
  private String head = NEW_BRANCH;
  private long highestEpoch;

  /// What of it the cluster may be told.
  private final Published published;

  /// The records as they were when the talk with the remote began that is under way.
  private SnapshotMap<IpAddress, AllocationRecord> beingPushed = SnapshotMap.empty();

  /// The states of speakers that were looked at for lost records.
  private final Set<DesiredState> judged = new HashSet<>();

  /// Whether the store has to be read anew before the next commit.
  private boolean stale;

  /// address → a record that we had committed and told the cluster of, and that somebody else's
  /// push, or the loss of the local copy, has taken away; it is committed again
  private final SortedMap<IpAddress, AllocationRecord> lost = new TreeMap<>();

  /// address → a record that we had removed and that is back for the same reasons
  private final SortedMap<IpAddress, AllocationRecord> freed = new TreeMap<>();

  /// address → a record that a clock which ran ahead had dated, as it is put right
  private final SortedMap<IpAddress, AllocationRecord> misdated = new TreeMap<>();

  private Adoption adoption = Adoption.OPEN;
  private long commits;
  private Optional<Failure> commitFailure = Optional.empty();
  private Retry commitRetry = Retry.NONE;

  /// What the next commit has to explain.
  private Optional<Remark> remark = Optional.empty();

  /// What was wrong with the branch or the local copy lately.
  private final Alarms alarms = new Alarms();

  LedgerKeeper(LedgerStore store, LoopSettings settings) {
    this.store = store;
    this.settings = settings;
    this.pushes = new LedgerPushes(store, settings);
    this.published = new Published(settings.ledger().mode());
  }

  /// Reads the ledger unless it has been read. While it cannot be read again, what was read and
  /// committed before goes on to serve; only commits wait.
  ///
  /// @return why there is none to work with
  Optional<Failure> load(Instant now) {
    if (ledger.isPresent() && (!stale || !commitRetry.isDue(now))) {
      return Optional.empty();
    }
    return switch (store.load()) {
      case Load.Running _ ->
          ledger.isPresent() ? Optional.empty() : Optional.of(new Failure("GLB5006", "being read"));
      case Load.Unreadable(Failure failure) -> withoutStore(failure, now);
      case Load.Loaded loaded -> take(loaded, now);
    };
  }

  private Optional<Failure> withoutStore(Failure failure, Instant now) {
    if (ledger.isEmpty()) {
      return Optional.of(failure);
    }
    commitFailed(failure, now);
    return Optional.empty();
  }

  private Optional<Failure> take(Load.Loaded loaded, Instant now) {
    // A new branch here may be an old one there: its addresses must not be given away.
    if (loaded.commit().equals(NEW_BRANCH)
        && loaded.remote() instanceof Remote.Away(Failure away)) {
      return withoutStore(away, now);
    }
    loaded.problems().forEach(problem -> log.warn("ledger: {}", problem));
    noticed(loaded.notices(), now);
    displaced(loaded.lost());
    if (loaded.history() == History.BROKEN) {
      // What was committed and not pushed is gone with the local copy; we still know it.
      ledger.ifPresent(known -> displaced(difference(known, loaded.ledger())));
    }
    log.info("ledger: {} records at {}", loaded.ledger().records().size(), loaded.commit());
    ledger = Optional.of(withUnreadable(loaded));
    stale = false;
    correctTimes(loaded.ledger(), now);
    head = loaded.commit();
    highestEpoch = Math.max(highestEpoch, loaded.highestEpoch());
    return Optional.empty();
  }

  private void noticed(List<Failure> notices, Instant now) {
    for (Failure notice : notices) {
      log.error("ledger: {}", notice);
      alarms.raise(notice, now);
      if (!notice.code().startsWith(FOREIGN)) {
        remark = Optional.of(new Remark(Event.BRANCH_RESTORED, RESTORED, notice.toString()));
      }
    }
  }

  /// What one ledger has that another one has not.
  private static Displaced difference(Ledger ours, Ledger theirs) {
    List<AllocationRecord> records = new ArrayList<>();
    List<AllocationRecord> gone = new ArrayList<>();
    for (Change<IpAddress, AllocationRecord> change :
        ours.records().changesSince(theirs.records())) {
      change.after().ifPresentOrElse(records::add, () -> change.before().ifPresent(gone::add));
    }
    return new Displaced(records, gone);
  }

  private void displaced(Displaced displaced) {
    for (AllocationRecord record : displaced.records()) {
      lost.put(record.address(), record);
      freed.remove(record.address());
    }
    displaced.freed().forEach(record -> freed.put(record.address(), record));
    if (!displaced.records().isEmpty()) {
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

  /// As the cluster may be told.
  ///
  /// @param recorded the ledger, or what it will be
  Ledger told(Ledger recorded, ClusterView view) {
    return published.of(recorded, view);
  }

  /// Why what is committed is not told yet, when that may take long.
  Optional<String> heldBack() {
    return switch (settings.ledger().mode()) {
      case BEHIND -> Optional.empty();
      case AHEAD ->
          pushes
              .failure()
              .map(
                  failure ->
                      "an address is recorded and waits until the ledger's remote has the record ("
                          + failure.code()
                          + ")");
    };
  }

  /// Takes from what speakers have stored the records of commits that the ledger does not have: the
  /// disk that had them is lost. A record of a commit that the ledger has, and has not any more,
  /// was freed.
  void rebuild(List<DesiredState> carried, String clusterUid) {
    for (DesiredState state : carried) {
      if (judged.add(state)
          && state.clusterUid().equals(clusterUid)
          && !store.holds(state.ledgerCommit())) {
        rebuild(state);
      }
    }
  }

  private void rebuild(DesiredState state) {
    List<AllocationRecord> found = new ArrayList<>();
    for (Announcement announcement : state.announcements().values()) {
      RecordReader.read(announcement.record()).filter(this::isLost).ifPresent(found::add);
    }
    if (!found.isEmpty()) {
      log.warn(
          "GLB5008 ledger: the speaker of {} carries {} records that commit {} had and the ledger"
              + " has not; they are committed again",
          state.node(),
          found.size(),
          state.ledgerCommit());
      displaced(new Displaced(found, List.of()));
    }
  }

  /// Of two the later one counts.
  private boolean isLost(AllocationRecord record) {
    Optional<AllocationRecord> known =
        Optional.ofNullable(lost.get(record.address()))
            .or(() -> ledger().records().find(record.address()));
    return known.isEmpty() || known.get().since().isBefore(record.since());
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

  /// Notes an epoch before anybody sees it, so that no start uses it again.
  void begin(long epoch) {
    if (epoch > highestEpoch) {
      store
          .begin(epoch)
          .ifPresentOrElse(
              failure -> log.error("ledger: epoch {} is not on disk: {}", epoch, failure),
              () -> highestEpoch = epoch);
    }
  }

  /// Forgets what was read; the next [#load] reads it anew.
  void forget() {
    ledger = Optional.empty();
  }

  /// Commits again what somebody else's push or the loss of the local copy has taken away, and says
  /// so. A status that was written stays true.
  ///
  /// @return whether nothing is missing any more
  boolean restoreLost(CommitNote note) {
    List<LedgerEdit> edits = new ArrayList<>();
    for (AllocationRecord record : lost.values()) {
      if (!record.equals(ledger().records().get(record.address()))) {
        edits.add(new LedgerEdit.Put(record, Action.RESTORE));
      }
    }
    for (AllocationRecord record : freed.values()) {
      if (record.equals(ledger().records().get(record.address()))) {
        edits.add(new LedgerEdit.Delete(record, Action.FREE));
      }
    }
    for (AllocationRecord record : misdated.values()) {
      if (ledger().records().containsKey(record.address()) && !lost.containsKey(record.address())) {
        edits.add(new LedgerEdit.Put(record, Action.UPDATE));
      }
    }
    for (List<LedgerEdit> part : Backlog.commits(edits)) {
      LedgerBatch batch = LedgerBatch.of(part);
      if (!commit(remark.map(batch::with).orElse(batch), note)) {
        return false;
      }
    }
    lost.clear();
    freed.clear();
    misdated.clear();
    if (ledger().clusterUid().filter(uid -> !uid.equals(note.clusterUid())).isPresent()
        && !commit(LedgerBatch.of(takenOver(ledger().clusterUid().get(), note)), note)) {
      return false;
    }
    // A branch that only had to be put back where it was.
    return remark.isEmpty() || commit(LedgerBatch.of(remark.get()), note);
  }

  private static Remark takenOver(String before, CommitNote note) {
    return new Remark(
        Event.TAKEN_OVER,
        "take the ledger over for another cluster",
        "the ledger of the cluster with UID %s belongs to the one with UID %s from here on"
            .formatted(before, note.clusterUid()));
  }

  /// Writes one commit.
  ///
  /// @return whether it is on disk; not while the pause after a failure lasts
  boolean commit(LedgerBatch batch, CommitNote note) {
    if (stale || !commitRetry.isDue(note.now())) {
      return false;
    }
    return switch (store.commit(batch, note)) {
      case Commit.Committed(String commit) -> {
        committed(batch, note, commit);
        yield true;
      }
      case Commit.Failed(Failure failure) -> {
        commitFailed(failure, note.now());
        yield false;
      }
    };
  }

  /// Whatever it was, the store is asked anew what it has before the next try.
  private void commitFailed(Failure failure, Instant now) {
    if (!commitFailure.equals(Optional.of(failure))) {
      log.error("ledger: {}; no status is written until it works", failure);
    }
    stale = true;
    commitFailure = Optional.of(failure);
    commitRetry = commitRetry.afterFailure(now, settings);
  }

  private void committed(LedgerBatch batch, CommitNote note, String commit) {
    Ledger next = ledger().with(batch);
    ledger =
        Optional.of(
            new Ledger(
                Optional.of(note.clusterUid()), next.records(), next.unreadable(), next.files()));
    head = commit;
    commits++;
    pushes.committed();
    remark = Optional.empty();
    commitFailure = Optional.empty();
    commitRetry = Retry.NONE;
  }

  /// Brings the remote up to date when there is need, and leave; otherwise looks now and then
  /// whether it is where it was left.
  ///
  /// @return whether the ledger has changed under the plan, so that it has to be made again
  boolean push(Instant now) {
    if (!pushes.isUnderWay()) {
      beingPushed = ledger().records();
    }
    return switch (pushes.turn(now).orElse(NOT_ENDED)) {
      case Push.Pushed(int _, List<Failure> notices) -> {
        noticed(notices, now);
        yield published.pushed(beingPushed) || !notices.isEmpty();
      }
      case Push.Rejected(Displaced displaced, List<Failure> notices) -> {
        noticed(notices, now);
        displaced(displaced);
        ledger = Optional.empty();
        yield true;
      }
      case Push.Damaged(Failure failure) -> {
        commitFailed(failure, now);
        yield true;
      }
      case Push.Failed _, Push.Running _ -> false;
    };
  }

  /// Whether commits wait for the remote.
  boolean isAhead() {
    return pushes.isAhead();
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
    return pushes.failure();
  }

  /// What was found wrong lately and put right.
  List<Failure> alarms(Instant now) {
    return alarms.at(now);
  }

  /// Records that began in what is the future now would rest, and wait, too long.
  private void correctTimes(Ledger known, Instant now) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    for (AllocationRecord record : known.records().values()) {
      if (record.since().isAfter(now.plus(CLOCKS_DIFFER))) {
        misdated.put(record.address(), record.withSince(second));
      }
    }
  }

  /// The clock was set back.
  void clockWentBack(Instant now) {
    pushes.clockWentBack(now);
    commitRetry = new Retry(commitRetry.failures(), now);
    ledger.ifPresent(known -> correctTimes(known, now));
    alarms.clockSetBackTo(now);
  }

  /// When there is something to try again.
  Optional<Instant> next() {
    return Stream.concat(
            pushes.next().stream(),
            commitFailure.isPresent() ? Stream.of(commitRetry.at()) : Stream.empty())
        .min(Comparator.naturalOrder());
  }
}
