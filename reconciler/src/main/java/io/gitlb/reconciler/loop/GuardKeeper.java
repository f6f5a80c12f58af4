// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.desired.AnnouncementCuts;
import io.gitlb.reconciler.desired.AnnouncementCuts.CutInput;
import io.gitlb.reconciler.guard.Approvals;
import io.gitlb.reconciler.guard.Notice;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch.FileEdit;
import io.gitlb.reconciler.ledger.SpentApproval;
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

  /// The Approvals that were judged last.
  private List<Approval> approved = List.of();

  private Approvals.Verdict verdict =
      new Approvals.Verdict(Collections.emptySortedSet(), List.of(), List.of());
  private List<Failure> failures = List.of();

  GuardKeeper(DefinitionsFollower definitions) {
    this.definitions = definitions;
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
    boolean isRecorded = definitions.accepted().equals(Optional.of(inForce.commit()));
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
    List<Failure> now =
        notices.stream().map(notice -> new Failure(notice.code(), notice.message())).toList();
    now.stream().filter(one -> !failures.contains(one)).forEach(one -> log.warn("{}", one));
    failures = now;
  }

  /// Files of Approvals that take effect in this pass; they belong into its first commit.
  List<FileEdit> files() {
    List<FileEdit> files = new ArrayList<>();
    for (SpentApproval one : verdict.spent()) {
      files.add(
          new FileEdit(
              SpentApproval.path(one.name()),
              Optional.of(one.write()),
              "spend approval " + one.name() + ", which releases " + one.released().size()));
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
