// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import java.time.Duration;

/// The times of the ownership machine.
///
/// @param hearing how long a start waits for the claims of peers
/// @param contactGrace how long after the start a liveness session may take to come up first
/// @param lonelyWait how long a cold start waits when no peer can be heard
/// @param maxStateAge the age from which a state on disk is not announced after a cold start
/// @param yieldLimit how long a yielding holder answers at most
/// @param probeAgain the pause after a probe that was answered by a member
/// @param detection how long a liveness session takes to notice, and a little more: one that is up
///   for so long after a refused connection says that the peer lives
/// @param verification the pause between two probes that see whether a holder that cannot be read
///   still answers
public record OwnershipSettings(
    Duration hearing,
    Duration contactGrace,
    Duration lonelyWait,
    Duration maxStateAge,
    Duration yieldLimit,
    Duration probeAgain,
    Duration detection,
    Duration verification) {

  /// What the speaker uses when nothing is said.
  public static OwnershipSettings defaults() {
    return new OwnershipSettings(
        Duration.ofMillis(300),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofDays(7),
        Duration.ofSeconds(2),
        Duration.ofMillis(200),
        Duration.ofMillis(320),
        Duration.ofSeconds(2));
  }

  /// The same with another limit to the age of a state.
  public OwnershipSettings withMaxStateAge(Duration age) {
    return new OwnershipSettings(
        hearing, contactGrace, lonelyWait, age, yieldLimit, probeAgain, detection, verification);
  }
}
