// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/// What the new owner says itself about a take-over, in milliseconds since the failure.
///
/// @param detected when it lost the old owner
/// @param decided when it took the address over
record Parts(OptionalDouble detected, OptionalDouble decided) {

  private static final Parts UNKNOWN = new Parts(OptionalDouble.empty(), OptionalDouble.empty());

  static Parts of(Field field, Ipv4 address, LabNode old, Instant failed, Optional<Sight> frame) {
    return frame
        .flatMap(sight -> field.node(sight.mac()))
        .flatMap(owner -> field.lab().status(owner))
        .map(status -> new Parts(detected(status, old, failed), decided(status, address, failed)))
        .orElse(UNKNOWN);
  }

  private static OptionalDouble detected(SpeakerStatus status, LabNode old, Instant failed) {
    return status.members().stream()
        .filter(member -> member.node().equals(old.name()))
        .filter(member -> !member.state().equalsIgnoreCase("up"))
        .filter(member -> member.since().isAfter(failed))
        .mapToDouble(member -> Duration.between(failed, member.since()).toNanos() / 1e6)
        .min();
  }

  private static OptionalDouble decided(SpeakerStatus status, Ipv4 address, Instant failed) {
    return status.announcements().stream()
        .filter(announcement -> announcement.address().equals(address))
        .mapToDouble(announcement -> Duration.between(failed, announcement.since()).toNanos() / 1e6)
        .findFirst();
  }
}
