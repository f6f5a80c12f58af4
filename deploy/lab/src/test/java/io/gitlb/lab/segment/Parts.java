// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalDouble;

/// What the new owner says itself about a take-over, in milliseconds since the failure.
///
/// @param detected when it lost the old owner
/// @param decided when it took the address over
record Parts(OptionalDouble detected, OptionalDouble decided) {

  private static final Parts UNKNOWN = new Parts(OptionalDouble.empty(), OptionalDouble.empty());

  static Parts of(Field field, Ipv4 address, LabNode old, Instant failed, Optional<Sight> frame) {
    // The log has whole milliseconds.
    Instant from = failed.truncatedTo(ChronoUnit.MILLIS);
    return frame
        .flatMap(sight -> field.node(sight.mac()))
        .map(owner -> SpeakerLog.of(field.lab().speaker(owner)))
        .map(
            log ->
                new Parts(
                    since(failed, log.lost(old.name(), from)),
                    since(failed, log.announced(address, from))))
        .orElse(UNKNOWN);
  }

  private static OptionalDouble since(Instant failed, Optional<Instant> time) {
    return time.isPresent()
        ? OptionalDouble.of(Math.max(0, Duration.between(failed, time.get()).toNanos() / 1e6))
        : OptionalDouble.empty();
  }
}
