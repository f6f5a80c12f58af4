// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What shall become of every Service, and what the ledger has to record for it.
///
/// @param decisions Service → decision; also Services that are gone and had something
/// @param edits in the order of the commits, no two for one address
/// @param nextChange when time alone changes the plan
public record Plan(
    SortedMap<ServiceRef, Decision> decisions,
    List<LedgerEdit> edits,
    Optional<Instant> nextChange) {

  public Plan {
    decisions = Collections.unmodifiableSortedMap(new TreeMap<>(decisions));
    edits = List.copyOf(edits);
  }
}
