// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import java.time.Duration;

/// The times of the loop.
///
/// @param pushEvery on average a push of the ledger may follow the one before after this long
/// @param pushBurst how many pushes may follow each other at once
/// @param lookEvery how often the ledger's remote is asked for its branch while nothing is to push
/// @param speakerPatience how long the first pass waits for every speaker to be heard of
/// @param statusPatience how long a written status may take to show up in the view
/// @param firstRetry the pause after a first failure; doubles with each further one
/// @param longestRetry the longest such pause
/// @param factsEvery how old the ledger's facts may become while the cluster changes; zero: none
///   are written
/// @param ledger how the ledger is kept
public record LoopSettings(
    Duration pushEvery,
    int pushBurst,
    Duration lookEvery,
    Duration speakerPatience,
    Duration statusPatience,
    Duration firstRetry,
    Duration longestRetry,
    Duration factsEvery,
    LedgerConduct ledger) {

  /// Six pushes a minute, three at once: what a large Git host asks for.
  public static final LoopSettings DEFAULT =
      new LoopSettings(
          Duration.ofSeconds(10),
          3,
          Duration.ofMinutes(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          LedgerConduct.DEFAULT);

  /// The same with other limits on pushes.
  public LoopSettings withPushes(Duration every, int burst) {
    return new LoopSettings(
        every,
        burst,
        lookEvery,
        speakerPatience,
        statusPatience,
        firstRetry,
        longestRetry,
        factsEvery,
        ledger);
  }

  /// The same with other facts.
  public LoopSettings withFacts(Duration every) {
    return new LoopSettings(
        pushEvery,
        pushBurst,
        lookEvery,
        speakerPatience,
        statusPatience,
        firstRetry,
        longestRetry,
        every,
        ledger);
  }

  /// The same with another way to keep the ledger.
  public LoopSettings with(LedgerConduct conduct) {
    return new LoopSettings(
        pushEvery,
        pushBurst,
        lookEvery,
        speakerPatience,
        statusPatience,
        firstRetry,
        longestRetry,
        factsEvery,
        conduct);
  }
}
