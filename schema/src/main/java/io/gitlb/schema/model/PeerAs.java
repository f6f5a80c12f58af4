// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.Asn;

/// Which AS a peer must be of.
public sealed interface PeerAs {

  /// `peerASN`: this one.
  record Exactly(Asn asn) implements PeerAs {}

  /// `dynamicASN`: whatever the peer says, within limits.
  enum Dynamic implements PeerAs {
    /// Ours.
    INTERNAL,
    /// Any but ours.
    EXTERNAL
  }
}
