// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.plan.Decision;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the loop knows after a pass, for everybody who wants to look: readiness, metrics, status.
/// Immutable.
///
/// @param at the time of the pass
/// @param outcome how it ended
/// @param configCommit in force
/// @param refusedCommit the commit that is not used, if the branch points to one
/// @param problems what is wrong with it
/// @param ledger as committed; empty until it was read
/// @param ledgerCommit its head
/// @param remote whether the remote has all of the ledger
/// @param epoch 0 until it is settled
/// @param decisions Service → what the last plan decided
/// @param notAnnounced address → why no node announces it
/// @param desired node → what it was handed
/// @param failures what does not work at the moment
/// @param figures what is counted
public record LoopState(
    Instant at,
    Outcome outcome,
    Optional<String> configCommit,
    Optional<String> refusedCommit,
    List<Problem> problems,
    Ledger ledger,
    String ledgerCommit,
    RemoteLedger remote,
    long epoch,
    SnapshotMap<ServiceRef, Decision> decisions,
    SnapshotMap<IpAddress, NotAnnounced> notAnnounced,
    SnapshotMap<NodeName, DesiredState> desired,
    List<Failure> failures,
    LoopFigures figures) {

  public LoopState {
    problems = List.copyOf(problems);
    failures = List.copyOf(failures);
  }

  /// Whether the remote has all of the ledger.
  public enum RemoteLedger {
    UP_TO_DATE,
    BEHIND
  }
}
