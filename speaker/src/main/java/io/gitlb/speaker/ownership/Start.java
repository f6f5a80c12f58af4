// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import java.time.Duration;

/// How this run of the speaker began.
public sealed interface Start {

  /// Same boot of the kernel and stopped for less than a minute.
  record Warm() implements Start {}

  /// A state on disk, but stopped for longer or on another boot.
  ///
  /// @param stateAge since the state was stored, not negative
  record Cold(Duration stateAge) implements Start {}

  /// No state on disk.
  record Fresh() implements Start {}
}
