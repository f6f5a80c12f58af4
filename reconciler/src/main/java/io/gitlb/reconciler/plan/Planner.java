// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.util.Optional;

/// Decides what every Service gets.
///
/// Who has something is decided before who waits, then pins, then requests, then the rest, each by
/// namespace and name; so nobody's address is given away from under him, and the same input gives
/// the same plan.
///
/// A planner lives from pass to pass and looks only at what has changed since its last input: at
/// the Services that changed, whose records, namespaces or announcements changed, whose time has
/// come, and of those who wait at those whom a change can serve ([Waiting]). What it plans is what
/// a planner made anew plans for the same input. One owner; not thread-safe.
public final class Planner {

  /// After this long an address counts as withdrawn although a speaker did not say so.
  public static final Duration RELEASE_LIMIT = Duration.ofMinutes(5);

  private Optional<Season> season = Optional.empty();
  private SnapshotMap<ServiceRef, Decision> decisions = SnapshotMap.empty();

  /// The plan for this input, made from nothing.
  public static Plan planOnce(PlanInput input) {
    return new Planner().plan(input);
  }

  /// The plan for this input. Any input may follow any other; the closer they are, the less it
  /// costs.
  public Plan plan(PlanInput input) {
    Season now =
        season.filter(last -> last.outlasts(input)).orElseGet(() -> new Season(input, decisions));
    season = Optional.of(now);
    Plan plan = now.plan(input);
    decisions = plan.decisions();
    return plan;
  }
}
