// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import java.util.Optional;

/// How the ledger is kept.
///
/// @param mode whether the cluster is told before or after the remote has a record
/// @param takeOver the UID of the cluster that the ledger belongs to and may be taken over from
public record LedgerConduct(Mode mode, Optional<String> takeOver) {

  /// The local copy decides, and no ledger but our own is written.
  public static final LedgerConduct DEFAULT = new LedgerConduct(Mode.BEHIND, Optional.empty());

  /// The same, and the ledger of that cluster may be taken over.
  public LedgerConduct takingOver(String uid) {
    return new LedgerConduct(mode, Optional.of(uid));
  }

  /// The same in another mode.
  public LedgerConduct in(Mode other) {
    return new LedgerConduct(other, takeOver);
  }

  /// Which comes first.
  public enum Mode {
    /// A record is told when it is on the local disk; the remote follows.
    BEHIND,
    /// A record is told when the remote has it. While the remote is away, what is there goes on and
    /// new addresses wait.
    AHEAD
  }
}
