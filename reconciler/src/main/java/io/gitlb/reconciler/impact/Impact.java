// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.reconciler.impact.Consequence.Kind;
import io.gitlb.reconciler.ledger.AllocationRecord;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What a change does.
///
/// @param consequences one for every Service that has an address before or after, the worst first
/// @param pools every pool before or after, by name
/// @param owners addresses of layer 2 that another node announces, sorted
/// @param routes prefixes that peers hear of otherwise
/// @param sessions BGP sessions that come, go or are reset
/// @param edited what differs in the documents, as `IPAddressPool/lan`; sorted, empty when both
///   configurations say the same
/// @param toApprove the records that stay held until an Approval names them, as they are then;
///   those of this change, or else those that were held before
public record Impact(
    List<Consequence> consequences,
    List<PoolChange> pools,
    List<OwnerChange> owners,
    List<RouteChange> routes,
    List<SessionChange> sessions,
    List<DocumentChange> edited,
    List<AllocationRecord> toApprove) {

  public Impact {
    consequences = consequences.stream().sorted().toList();
    pools = pools.stream().sorted().toList();
    owners = owners.stream().sorted().toList();
    routes = routes.stream().sorted().toList();
    sessions = sessions.stream().sorted().toList();
    edited = edited.stream().sorted().toList();
    toApprove = toApprove.stream().sorted().toList();
  }

  /// How much a change matters.
  public enum Weight {
    NOTHING,
    CHANGES,
    DISRUPTS
  }

  /// How many Services each thing happens to; every kind is there.
  public Map<Kind, Integer> counts() {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      counts.put(kind, 0);
    }
    consequences.forEach(one -> counts.merge(one.kind(), 1, Integer::sum));
    return Collections.unmodifiableMap(counts);
  }

  /// Whether anything changes, and whether a live Service suffers.
  public Weight weight() {
    if (consequences.stream().anyMatch(one -> one.kind().isDisruptive())) {
      return Weight.DISRUPTS;
    }
    return edited.isEmpty() ? Weight.NOTHING : Weight.CHANGES;
  }
}
