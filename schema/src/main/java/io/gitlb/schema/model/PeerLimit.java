// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import java.util.Arrays;
import java.util.List;

/// What a [BgpPeer] can ask for that speakers cannot do yet. The session would be another one than
/// is meant, or none: no node dials a peer that meets one.
public enum PeerLimit {
  INTERFACE("interface");

  private final String field;

  PeerLimit(String field) {
    this.field = field;
  }

  /// The field of `spec` that asks for it.
  public String field() {
    return field;
  }

  /// Those that the peer meets.
  public static List<PeerLimit> of(BgpPeer peer) {
    return Arrays.stream(values()).filter(limit -> limit.isMetBy(peer)).toList();
  }

  /// Whether speakers dial the peer.
  public static boolean isDialled(BgpPeer peer) {
    return of(peer).isEmpty();
  }

  private boolean isMetBy(BgpPeer peer) {
    return switch (this) {
      case INTERFACE -> peer.endpoint() instanceof PeerEndpoint.Interface;
    };
  }
}
