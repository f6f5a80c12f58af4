// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

/// What a liveness session on one interface says.
public enum Contact {
  /// Each hears the other.
  UP,
  /// This node hears the peer, which does not hear this node.
  HEARD,
  /// This node does not hear the peer.
  DOWN
}
