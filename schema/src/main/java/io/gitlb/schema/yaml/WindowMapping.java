// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.check.Nearest;
import io.gitlb.schema.model.ChangeWindow;
import io.gitlb.schema.schedule.WindowSchedule;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/// ChangeWindow.
final class WindowMapping {

  private static final ZoneId UTC = ZoneOffset.UTC;

  private WindowMapping() {}

  static Optional<ChangeWindow> read(Document document) {
    Fields spec = document.spec();
    Optional<String> schedule = spec.required("schedule", WindowMapping::schedule);
    Optional<Duration> duration = spec.required("duration", WindowMapping::duration);
    Optional<ZoneId> zone = spec.optional("timeZone", WindowMapping::timeZone);
    return document.define(
        () ->
            new ChangeWindow(
                document.name(),
                document.context().definition(),
                schedule.orElseThrow(),
                duration.orElseThrow(),
                zone.orElse(UTC)));
  }

  private static Optional<String> schedule(Value value) {
    return value
        .filledText()
        .flatMap(
            text ->
                WindowSchedule.problem(text)
                    .<Optional<String>>map(
                        why -> value.wrong(why + "; for Mondays at 22:00 write 0 0 22 ? * MON"))
                    .orElse(Optional.of(text)));
  }

  private static Optional<Duration> duration(Value value) {
    return Durations.seconds(value)
        .flatMap(
            duration ->
                duration.compareTo(ChangeWindow.SHORTEST) >= 0
                        && duration.compareTo(ChangeWindow.LONGEST) <= 0
                    ? Optional.of(duration)
                    : value.wrong(
                        "must be from %dm to %dh (%d days)"
                            .formatted(
                                ChangeWindow.SHORTEST.toMinutes(),
                                ChangeWindow.LONGEST.toHours(),
                                ChangeWindow.LONGEST.toDays())));
  }

  /// Names of the IANA database only: offsets know no daylight saving, and abbreviations are not
  /// unique.
  private static Optional<ZoneId> timeZone(Value value) {
    return value
        .filledText()
        .flatMap(
            text ->
                ZoneId.getAvailableZoneIds().contains(text)
                    ? Optional.of(text.equals("UTC") ? UTC : ZoneId.of(text))
                    : value.wrong(
                        "is not a time zone%s; write it like Europe/Berlin or UTC"
                            .formatted(Nearest.question(text, ZoneId.getAvailableZoneIds()))));
  }
}
