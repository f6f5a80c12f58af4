// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerBatch.FileEdit;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The edits of a plan that are not committed yet, and the Services that wait for them.
///
/// One pass takes only so many of them: the next one plans the rest again, together with what has
/// come in the meantime, so that a big plan does not hold up small news.
final class Backlog {

  /// A commit is for people to read.
  static final int EDITS_PER_COMMIT = 100;

  /// About half a second's worth of status writes.
  static final int EDITS_PER_PASS = 1000;

  private final List<LedgerEdit> edits;
  private final SnapshotMap<IpAddress, AllocationRecord> before;

  /// Service → how many edits that are not committed concern it
  private final Map<ServiceRef, Integer> concerned = new HashMap<>();

  /// How many edits are committed.
  private int done;

  /// @param ledger without the edits
  Backlog(List<LedgerEdit> edits, Ledger ledger) {
    this.edits = edits;
    this.before = ledger.records();
    for (LedgerEdit edit : edits) {
      services(edit).forEach(service -> concerned.merge(service, 1, Integer::sum));
    }
  }

  /// Edits in the portions of commits.
  static List<List<LedgerEdit>> commits(List<LedgerEdit> edits) {
    List<List<LedgerEdit>> commits = new ArrayList<>();
    for (int from = 0; from < edits.size(); from += EDITS_PER_COMMIT) {
      commits.add(edits.subList(from, Math.min(from + EDITS_PER_COMMIT, edits.size())));
    }
    return commits;
  }

  /// The commits that write the edits, and the files with the first of them.
  static List<LedgerBatch> batches(List<LedgerEdit> edits, List<FileEdit> files) {
    List<LedgerBatch> batches = new ArrayList<>();
    for (List<LedgerEdit> part : commits(edits)) {
      batches.add(new LedgerBatch(part, batches.isEmpty() ? files : List.of()));
    }
    if (edits.isEmpty() && !files.isEmpty()) {
      batches.add(new LedgerBatch(List.of(), files));
    }
    return batches;
  }

  /// Those that have the address after the edit, and those that had it before.
  private Set<ServiceRef> services(LedgerEdit edit) {
    Set<ServiceRef> services = new TreeSet<>();
    edit.record().holders().stream().map(Holder::service).forEach(services::add);
    before
        .find(edit.address())
        .ifPresent(record -> record.holders().stream().map(Holder::service).forEach(services::add));
    return services;
  }

  /// Whether one pass takes all of them.
  boolean fitsOnePass() {
    return edits.size() <= EDITS_PER_PASS;
  }

  /// What is left of this pass's share.
  List<LedgerEdit> ofThisPass() {
    return edits.subList(done, Math.max(done, Math.min(EDITS_PER_PASS, edits.size())));
  }

  /// The first edits of those that are left are on disk.
  void committed(List<LedgerEdit> part) {
    done += part.size();
    for (LedgerEdit edit : part) {
      services(edit)
          .forEach(
              service ->
                  concerned.computeIfPresent(service, (_, count) -> count == 1 ? null : count - 1));
    }
  }

  /// Whether something about the Service is still to be committed.
  boolean concerns(ServiceRef service) {
    return concerned.containsKey(service);
  }

  boolean isEmpty() {
    return done == edits.size();
  }
}
