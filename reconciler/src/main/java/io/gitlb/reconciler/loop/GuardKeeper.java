// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.desired.AnnouncementCuts;
import io.gitlb.reconciler.desired.AnnouncementCuts.CutInput;
import io.gitlb.reconciler.guard.Approvals;
import io.gitlb.reconciler.guard.Notice;
import io.gitlb.reconciler.guard.Standstill;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch.FileEdit;
import io.gitlb.reconciler.ledger.SpentApproval;
import io.gitlb.reconciler.ledger.SuspensionFile;
import io.gitlb.reconciler.loop.DefinitionsFollower.InForce;
import io.gitlb.reconciler.plan.Guards;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.schema.model.Approval;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What protects live addresses, carried from pass to pass.
final class GuardKeeper {

  private static final Logger log = LoggerFactory.getLogger(GuardKeeper.class);

  private final DefinitionsFollower definitions;
  private final AnnouncementCuts cuts = new AnnouncementCuts();
  private final LedgerCounts counts = new LedgerCounts();

  /// The ledger that was looked at last.
  private Ledger seen = Ledger.EMPTY;

  /// Those of its records that are held.
  private SnapshotMap<IpAddress, AllocationRecord> held = SnapshotMap.empty();

  /// name → the Approval that took effect
  private final TreeMap<String, SpentApproval> spent = new TreeMap<>();

  /// Empty when nothing is suspended.
  private Optional<SuspensionFile> suspension = Optional.empty();

  /// The Approvals that were judged last.
  private List<Approval> approved = List.of();

  private Approvals.Verdict verdict =
      new Approvals.Verdict(Collections.emptySortedSet(), List.of(), List.of());
  private List<Failure> failures = List.of();

  GuardKeeper(DefinitionsFollower definitions) {
    this.definitions = definitions;
  }

  /// Puts a commit in force that may be, and finds out whether everything is suspended.
  ///
  /// @return what is in force now
  InForce admit(InForce before, Ledger ledger) {
    InForce head = definitions.waiting().orElse(before);
    suspension = suspension(head, ledger);
    if (suspension.isPresent()) {
      return before;
    }
    definitions.enforce();
    return head;
  }

  private Optional<SuspensionFile> suspension(InForce head, Ledger ledger) {
    Optional<SuspensionFile> said =
        head.definitions().suspensions().stream()
            .findFirst()
            .map(document -> new SuspensionFile(head.commit(), document.reason()));
    return said.isPresent() || definitions.isSeen() ? said : suspensionFile(ledger);
  }

  private static Optional<SuspensionFile> suspensionFile(Ledger ledger) {
    return ledger.files().find(SuspensionFile.PATH).flatMap(SuspensionFile::read);
  }

  /// Whether a Suspension keeps everything as it is.
  boolean isSuspended() {
    return suspension.isPresent();
  }

  /// What of a plan may be carried out.
  Plan restrain(Plan plan, Ledger ledger, ClusterView view) {
    return suspension
        .map(found -> Standstill.of(plan, ledger, view.services(), words(found)))
        .orElse(plan);
  }

  private static String words(SuspensionFile suspension) {
    return "config commit "
        + suspension.configCommit()
        + " suspends all changes: "
        + suspension.reason();
  }

  /// What counts in this pass.
  ///
  /// @param ledger as committed
  Guards guards(InForce inForce, Ledger ledger, ClusterView view, Instant now) {
    follow(ledger);
    approved = approvals(inForce);
    verdict = Approvals.judge(new Approvals.Case(approved, held, spent, inForce.commit(), now));
    tell(verdict.notices());
    return new Guards(
        cuts.find(
            new CutInput(
                inForce.commit(),
                inForce.definitions(),
                definitions.former(),
                definitions.frozenFor(counts.heldUnder()),
                ledger,
                view)),
        verdict.released());
  }

  /// Nothing is let go before all is recorded that an Approval may be about.
  private List<Approval> approvals(InForce inForce) {
    boolean isRecorded =
        suspension.isEmpty() && definitions.accepted().equals(Optional.of(inForce.commit()));
    return isRecorded ? inForce.definitions().approvals() : List.of();
  }

  private void follow(Ledger ledger) {
    counts.follow(ledger.records());
    for (SnapshotMap.Change<IpAddress, AllocationRecord> change :
        ledger.records().changesSince(seen.records())) {
      held =
          change
              .after()
              .filter(record -> record.state() == State.HELD)
              .map(record -> held.with(change.key(), record))
              .orElseGet(() -> held.without(change.key()));
    }
    for (SnapshotMap.Change<String, String> change : ledger.files().changesSince(seen.files())) {
      if (SpentApproval.isPath(change.key())) {
        spent.values().removeIf(one -> SpentApproval.path(one.name()).equals(change.key()));
        change
            .after()
            .flatMap(text -> SpentApproval.read(change.key(), text))
            .ifPresent(one -> spent.put(one.name(), one));
      }
    }
    seen = ledger;
  }

  private void tell(List<Notice> notices) {
    List<Failure> now = new ArrayList<>();
    suspension.ifPresent(
        found ->
            now.add(
                new Failure("GLB7004", words(found) + "; remove the Suspension when it is over")));
    notices.forEach(notice -> now.add(new Failure(notice.code(), notice.message())));
    now.stream().filter(one -> !failures.contains(one)).forEach(one -> log.warn("{}", one));
    failures = List.copyOf(now);
  }

  /// Files of the ledger that change; those of Approvals that take effect in this pass belong into
  /// its first commit.
  List<FileEdit> files() {
    List<FileEdit> files = new ArrayList<>();
    for (SpentApproval one : verdict.spent()) {
      files.add(
          new FileEdit(
              SpentApproval.path(one.name()),
              Optional.of(one.write()),
              "spend approval " + one.name() + ", which releases " + one.released().size()));
    }
    if (!suspension.equals(suspensionFile(seen))) {
      files.add(
          new FileEdit(
              SuspensionFile.PATH,
              suspension.map(SuspensionFile::write),
              suspension.isPresent() ? "suspend all changes" : "resume changes"));
    }
    return files;
  }

  /// Whether an Approval may wait for what this pass has recorded or accepted.
  boolean isAwaited(InForce inForce, Plan plan) {
    boolean isNew = !approved.equals(approvals(inForce));
    return isNew || (!plan.edits().isEmpty() && !approved.isEmpty());
  }

  /// What there is to say to people.
  List<Failure> failures() {
    return failures;
  }
}
