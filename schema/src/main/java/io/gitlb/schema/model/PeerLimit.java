// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import java.util.Arrays;
import java.util.List;

/// What a [BgpPeer] can ask for that speakers cannot do yet.
public enum PeerLimit {
  VRF("vrf", Effect.NOT_DIALLED),
  INTERFACE("interface", Effect.NOT_DIALLED),
  PASSWORD_SECRET("passwordSecret", Effect.NOT_DIALLED),
  BFD("bfdProfile", Effect.DIALLED_WITHOUT);

  private final String field;
  private final Effect effect;

  PeerLimit(String field, Effect effect) {
    this.field = field;
    this.effect = effect;
  }

  /// What becomes of the peer.
  public enum Effect {
    /// The session would be another one than is meant, or none: no node dials the peer.
    NOT_DIALLED,
    /// The session is the one that is meant; what is asked for is missing.
    DIALLED_WITHOUT
  }

  /// The field of `spec` that asks for it.
  public String field() {
    return field;
  }

  /// What becomes of a peer that asks for it.
  public Effect effect() {
    return effect;
  }

  /// Those that the peer meets.
  public static List<PeerLimit> of(BgpPeer peer) {
    return Arrays.stream(values()).filter(limit -> limit.isMetBy(peer)).toList();
  }

  /// Whether speakers dial the peer.
  public static boolean isDialled(BgpPeer peer) {
    return of(peer).stream().noneMatch(limit -> limit.effect == Effect.NOT_DIALLED);
  }

  private boolean isMetBy(BgpPeer peer) {
    return switch (this) {
      case VRF -> peer.vrf().isPresent();
      case INTERFACE -> peer.endpoint() instanceof PeerEndpoint.Interface;
      case PASSWORD_SECRET ->
          peer.password().filter(PasswordSource.Secret.class::isInstance).isPresent();
      case BFD -> peer.bfdProfile().isPresent();
    };
  }
}
