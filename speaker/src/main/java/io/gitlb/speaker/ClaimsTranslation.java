// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.speaker.ownership.Claim;
import io.gitlb.speaker.ownership.ClaimState;
import io.gitlb.speaker.ownership.ClaimsContent;
import io.gitlb.speaker.ownership.PeerClaims;
import io.gitlb.speaker.ownership.Presence;
import java.util.Optional;

/// Between claims as the protocol has them and as ownership has them.
final class ClaimsTranslation {

  private ClaimsTranslation() {}

  /// What a peer told.
  static PeerClaims heard(SpeakerClaims claims) {
    return new PeerClaims(
        claims.node(),
        claims.bootId(),
        claims.sequence(),
        claims.stored(),
        switch (claims.presence()) {
          case STARTING -> Presence.STARTING;
          case PRESENT -> Presence.PRESENT;
          case LEAVING -> Presence.LEAVING;
        },
        claims.claims().stream().map(ClaimsTranslation::heard).toList(),
        claims.unable(),
        claims.contacts(),
        claims.known());
  }

  private static Claim heard(SpeakerClaims.Claim claim) {
    return new Claim(
        claim.address(),
        claim.term(),
        claim.turn(),
        switch (claim.state()) {
          case HOLDING -> ClaimState.HOLDING;
          case YIELDING -> ClaimState.YIELDING;
        },
        claim.interfaces());
  }

  /// What this node tells.
  ///
  /// @param before of the same node and start
  static SpeakerClaims told(
      SpeakerClaims before, Optional<Generation> stored, ClaimsContent content) {
    return new SpeakerClaims(
        before.node(),
        before.bootId(),
        before.sequence(),
        stored,
        switch (content.presence()) {
          case STARTING -> SpeakerClaims.Presence.STARTING;
          case PRESENT -> SpeakerClaims.Presence.PRESENT;
          case LEAVING -> SpeakerClaims.Presence.LEAVING;
        },
        content.claims().stream().map(ClaimsTranslation::told).toList(),
        content.unable(),
        content.contacts(),
        Optional.empty());
  }

  private static SpeakerClaims.Claim told(Claim claim) {
    return new SpeakerClaims.Claim(
        claim.address(),
        claim.term(),
        claim.turn(),
        switch (claim.state()) {
          case HOLDING -> SpeakerClaims.ClaimState.HOLDING;
          case YIELDING -> SpeakerClaims.ClaimState.YIELDING;
        },
        claim.interfaces());
  }
}
