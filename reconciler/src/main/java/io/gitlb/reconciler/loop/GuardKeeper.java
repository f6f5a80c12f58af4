// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.desired.AnnouncementCuts;
import io.gitlb.reconciler.desired.AnnouncementCuts.CutInput;
import io.gitlb.reconciler.guard.Absences;
import io.gitlb.reconciler.guard.Absences.Letting;
import io.gitlb.reconciler.guard.Approvals;
import io.gitlb.reconciler.guard.GuardNotices;
import io.gitlb.reconciler.guard.Notice;
import io.gitlb.reconciler.guard.Standstill;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch.FileEdit;
import io.gitlb.reconciler.ledger.MissingFile;
import io.gitlb.reconciler.ledger.SpentApproval;
import io.gitlb.reconciler.ledger.SuspensionFile;
import io.gitlb.reconciler.loop.DefinitionsFollower.InForce;
import io.gitlb.reconciler.plan.Guards;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.reconciler.plan.Refusal;
import io.gitlb.schema.model.Approval;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What protects live addresses, carried from pass to pass.
final class GuardKeeper {

  private static final Logger log = LoggerFactory.getLogger(GuardKeeper.class);

  private final DefinitionsFollower definitions;
  private final AnnouncementCuts cuts = new AnnouncementCuts();
  private final Absences absences = new Absences();
  private final GuardMemory memory = new GuardMemory();
  private final CommitGate gate;

  /// Empty when nothing is suspended.
  private Optional<SuspensionFile> suspension = Optional.empty();

  /// The Approvals that were judged last.
  private List<Approval> approved = List.of();

  private Approvals.Verdict verdict =
      new Approvals.Verdict(Collections.emptySortedSet(), List.of(), List.of());
  private List<Failure> failures = List.of();

  GuardKeeper(DefinitionsFollower definitions) {
    this.definitions = definitions;
    this.gate = new CommitGate(definitions, memory);
  }

  /// What a pass plans with.
  ///
  /// @param view of the cluster, with those that are missing and must not go
  record Protected(ClusterView view, Guards guards) {}

  /// Puts a commit in force that may be, and finds out whether everything is suspended.
  ///
  /// @return what is in force now
  InForce admit(InForce before, Ledger ledger, ClusterView view, Instant now) {
    InForce head = definitions.waiting().orElse(before);
    suspension = suspension(head, ledger);
    if (suspension.isPresent()) {
      return before;
    }
    gate.clear();
    if (definitions.waiting().isPresent()
        && !gate.admits(head, new CommitGate.Scene(before, ledger, view, now))) {
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
    return said.isPresent() || definitions.isSeen() ? said : GuardMemory.suspension(ledger);
  }

  /// Whether a Suspension keeps everything as it is.
  boolean isSuspended() {
    return suspension.isPresent();
  }

  /// What counts in this pass.
  ///
  /// @param ledger as committed
  Protected protect(InForce inForce, Ledger ledger, ClusterView view, Instant now) {
    boolean isFirst = memory.isEmpty();
    memory.follow(ledger);
    approved = approvals(inForce);
    verdict =
        Approvals.judge(
            new Approvals.Case(approved, memory.held(), memory.spent(), inForce.commit(), now));
    ClusterView steady =
        absences.steady(
            new Absences.Scene(
                ledger.records(),
                view,
                verdict.released(),
                isFirst ? memory.missing() : Collections.emptySortedSet(),
                isSuspended() ? Letting.SUSPENDED : Letting.ALLOWED,
                now));
    List<Notice> notices = new ArrayList<>();
    suspension.ifPresent(found -> notices.add(GuardNotices.suspended(words(found))));
    notices.addAll(verdict.notices());
    notices.addAll(GuardNotices.missing(absences.guardedRecords(), memory.held().values()));
    tell(notices);
    return new Protected(steady, new Guards(cuts(inForce, ledger, steady), verdict.released()));
  }

  /// Nothing is let go before all is recorded that an Approval may be about.
  private List<Approval> approvals(InForce inForce) {
    boolean isRecorded =
        suspension.isEmpty() && definitions.accepted().equals(Optional.of(inForce.commit()));
    return isRecorded ? inForce.definitions().approvals() : List.of();
  }

  private SnapshotMap<IpAddress, Refusal> cuts(InForce inForce, Ledger ledger, ClusterView view) {
    SnapshotMap<IpAddress, Refusal> all =
        cuts.find(
            new CutInput(
                inForce.commit(),
                inForce.definitions(),
                definitions.former(),
                definitions.frozenFor(memory.heldUnder()),
                ledger,
                view));
    for (AllocationRecord record : absences.guardedRecords()) {
      all = all.with(record.address(), GuardNotices.refusal(record));
    }
    return all;
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

  private void tell(List<Notice> notices) {
    List<Failure> now = new ArrayList<>();
    notices.forEach(notice -> now.add(new Failure(notice.code(), notice.message())));
    gate.waiting().ifPresent(wait -> now.addFirst(wait.why()));
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
    memory
        .change(SuspensionFile.PATH, suspension.map(SuspensionFile::write))
        .map(text -> new FileEdit(SuspensionFile.PATH, text, "note what is suspended"))
        .ifPresent(file -> files.add(file));
    SortedSet<ServiceRef> missing = absences.guarded();
    memory
        .change(
            MissingFile.PATH,
            missing.isEmpty() ? Optional.empty() : Optional.of(MissingFile.write(missing)))
        .map(text -> new FileEdit(MissingFile.PATH, text, "note who is missing"))
        .ifPresent(file -> files.add(file));
    return files;
  }

  /// Whether an Approval may wait for what this pass has recorded or accepted.
  boolean isAwaited(InForce inForce, Plan plan) {
    boolean isNew = !approved.equals(approvals(inForce));
    return isNew || (!plan.edits().isEmpty() && !approved.isEmpty());
  }

  /// When time alone changes something.
  Optional<Instant> next() {
    return isSuspended()
        ? Optional.empty()
        : Stream.concat(
                absences.next().stream(), gate.waiting().stream().flatMap(w -> w.until().stream()))
            .min(Instant::compareTo);
  }

  /// What there is to say to people.
  List<Failure> failures() {
    return failures;
  }
}
