// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import io.gitlb.schema.model.ChangeWindow;
import io.gitlb.schema.schedule.WindowSchedule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Whether a commit that disturbs live Services may come into force now. Where no window is defined
/// it always may.
public final class ChangeWindows {

  private ChangeWindows() {}

  /// Whether changes may be made.
  public sealed interface Access {

    /// No window is defined, or one is open.
    record Open() implements Access {}

    /// All windows are closed.
    ///
    /// @param until the next one opens; empty when none ever does again
    record Closed(Optional<Instant> until) implements Access {}
  }

  /// @param windows of the definitions in force, not of those that want to be
  public static Access at(List<ChangeWindow> windows, Instant now) {
    List<WindowSchedule> schedules = windows.stream().map(WindowSchedule::of).toList();
    if (schedules.isEmpty() || schedules.stream().anyMatch(schedule -> schedule.isOpen(now))) {
      return new Access.Open();
    }
    return new Access.Closed(
        schedules.stream()
            .flatMap(schedule -> schedule.nextOpening(now).stream())
            .min(Instant::compareTo));
  }
}
