// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What was found wrong with the ledger and put right at once; told for a while, so that somebody
/// sees it.
final class Alarms {

  /// Longer than monitoring takes to look.
  private static final Duration TOLD_FOR = Duration.ofMinutes(10);

  /// More than one trouble brings at once; the oldest goes first.
  private static final int MOST = 50;

  /// what → until when it is told (1:1), the last one last
  private final SequencedMap<Failure, Instant> until = new LinkedHashMap<>();

  void raise(Failure failure, Instant now) {
    until.putLast(failure, now.plus(TOLD_FOR));
    if (until.size() > MOST) {
      until.pollFirstEntry();
    }
  }

  /// What is still told.
  List<Failure> at(Instant now) {
    until.values().removeIf(end -> !now.isBefore(end));
    return List.copyOf(until.keySet());
  }

  /// The clock was ahead: nothing is told for longer than it would be from now on.
  void clockSetBackTo(Instant now) {
    until.replaceAll((_, end) -> end.isAfter(now.plus(TOLD_FOR)) ? now.plus(TOLD_FOR) : end);
  }
}
