// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.schema.value.NodeName;

/// A speaker whose claims are followed.
///
/// @param host an IP address or a name, of its API
/// @param port of its API
public record WatchedPeer(NodeName node, String host, int port) implements Comparable<WatchedPeer> {

  @Override
  public int compareTo(WatchedPeer other) {
    return node.compareTo(other.node);
  }
}
