// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import java.util.Optional;

/// What one captured frame leads to and tells.
///
/// @param sighting of a station other than this one, about an address of [AnswerTable#watched]
public record Heard(Verdict verdict, Optional<Sighting> sighting) {

  /// A frame that tells nothing about an address.
  static Heard of(Verdict verdict) {
    return new Heard(verdict, Optional.empty());
  }

  static Heard drop(DropReason reason) {
    return of(new Verdict.Drop(reason));
  }
}
