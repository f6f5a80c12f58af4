// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import java.time.Duration;
import java.util.Optional;

/// How this run of the speaker began.
public sealed interface Start {

  /// Same boot of the kernel and stopped for less than a minute.
  record Warm() implements Start {}

  /// A state on disk, but stopped for longer or on another boot.
  ///
  /// @param stateAge since the state was stored, not negative
  record Cold(Duration stateAge, Boot boot) implements Start {

    /// On another boot.
    public Cold(Duration stateAge) {
      this(stateAge, Boot.OTHER);
    }
  }

  /// Of the kernel.
  enum Boot {
    /// The last run was on it, too: what the kernel was told to forward is still there.
    SAME,
    /// It was not, or that is not known.
    OTHER
  }

  /// No state on disk: the first start of all, or a disk that does not outlast a boot.
  ///
  /// @param boot the same when a speaker ran on it before
  record Fresh(Boot boot) implements Start {

    /// On another boot, as far as is known.
    public Fresh() {
      this(Boot.OTHER);
    }
  }

  /// After a longer absence others may have been given the addresses.
  Duration WARM = Duration.ofSeconds(60);

  /// With a state on disk.
  ///
  /// @param absence since the end of the last run on this boot of the kernel, by the time of day;
  ///   empty: not known. A negative one proves nothing: the clock was set back
  /// @param stateAge since the state was stored, by the time of day
  static Start of(Optional<Duration> absence, Duration stateAge) {
    boolean warm = absence.filter(one -> !one.isNegative() && one.compareTo(WARM) <= 0).isPresent();
    return warm
        ? new Warm()
        : new Cold(
            stateAge.isNegative() ? Duration.ZERO : stateAge,
            absence.isPresent() ? Boot.SAME : Boot.OTHER);
  }
}
