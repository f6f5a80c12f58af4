// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.desired.AnnouncementCuts;
import io.gitlb.reconciler.desired.AnnouncementCuts.CutInput;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.loop.DefinitionsFollower.InForce;
import io.gitlb.reconciler.plan.Guards;
import java.util.Collections;

/// What protects live addresses, carried from pass to pass.
final class GuardKeeper {

  private final DefinitionsFollower definitions;
  private final AnnouncementCuts cuts = new AnnouncementCuts();
  private final LedgerCounts counts = new LedgerCounts();

  GuardKeeper(DefinitionsFollower definitions) {
    this.definitions = definitions;
  }

  /// @param ledger as committed
  Guards guards(InForce inForce, Ledger ledger, ClusterView view) {
    counts.follow(ledger.records());
    return new Guards(
        cuts.find(
            new CutInput(
                inForce.commit(),
                inForce.definitions(),
                definitions.former(),
                definitions.frozenFor(counts.heldUnder()),
                ledger,
                view)),
        Collections.emptySortedSet());
  }
}
