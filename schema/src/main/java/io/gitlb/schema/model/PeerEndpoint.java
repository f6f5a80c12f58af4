// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.IpAddress;

/// Where a peer is.
public sealed interface PeerEndpoint {

  /// `peerAddress`.
  record Address(IpAddress address) implements PeerEndpoint {}

  /// `interface`: whoever is at the other end of the link (unnumbered).
  ///
  /// @param name of the node's network interface
  record Interface(String name) implements PeerEndpoint {}
}
