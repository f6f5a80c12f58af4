// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

/// What a random world may have; each world has some of it only, so that rare things meet often.
enum RandomFeature {
  DUAL,
  SHARING,
  PINS,
  REQUESTS,
  POOL_REQUESTS,
  COUNT,
  BAD_INPUT,
  QUOTA,
  EXCLUDE,
  DRAINING,
  /// Other times of rest and retention than the defaults.
  TIMES,
  SILENT,
  COMBINE,
  /// Pools for some Services only, or on request only.
  RESTRICTED,
  RESERVED,
  END_OCTETS,
  /// Nodes, pods and cluster IPs in the pools.
  CLUSTER,
  /// The ledger is lost and built anew.
  REBUILD,
  /// The ledger does not take all edits.
  FAILED_COMMITS,
  /// Somebody else edits the ledger.
  FOREIGN_EDITS,
  /// Files of the ledger that are no records.
  UNREADABLE
}
