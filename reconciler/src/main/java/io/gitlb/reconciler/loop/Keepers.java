// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

/// All that remembers something from pass to pass, each about one thing.
record Keepers(
    ClusterPort cluster,
    LoopSettings settings,
    DefinitionsFollower definitions,
    GuardKeeper guards,
    LedgerKeeper ledger,
    StatusKeeper statuses,
    SpeakerFollower speakers,
    FactsKeeper facts,
    LeaseKeeper leases,
    ConflictKeeper conflicts) {}
