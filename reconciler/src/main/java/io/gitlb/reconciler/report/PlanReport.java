// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.impact.Impact;
import io.gitlb.schema.model.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// All that `gitlb plan` has to say, before it is put into one form or another.
///
/// @param ground what it was worked out from, so that anybody can do so again
/// @param problems why the configuration would be refused, sorted; empty when it would not
/// @param warnings sorted
/// @param impact what it does; empty when it would be refused
/// @param approval what would let go of what is held; empty when nothing is held
/// @param notes what else one should know of this plan, one line each
public record PlanReport(
    Ground ground,
    List<Problem> problems,
    List<Problem> warnings,
    Optional<Impact> impact,
    Optional<ApprovalDraft> approval,
    List<String> notes) {

  public PlanReport {
    problems = problems.stream().sorted().toList();
    warnings = warnings.stream().sorted().toList();
    notes = List.copyOf(notes);
  }

  /// What a plan was worked out from.
  ///
  /// @param cluster its name
  /// @param ledger the head of the ledger branch; empty when there is none
  /// @param tool name and version of the program
  public record Ground(
      String cluster,
      Direction direction,
      Revision base,
      Revision head,
      Optional<Revision> ledger,
      Knowledge knowledge,
      String tool) {}

  /// Where the plan leads.
  public enum Direction {
    /// To a change that somebody proposes.
    FORWARD,
    /// Back to what was before.
    REVERT
  }

  /// A commit and how it was named.
  ///
  /// @param name as it was asked for: `HEAD`, `main`, `allocations/demo`
  /// @param commit 40 hexadecimal digits
  /// @param at the committer's date
  public record Revision(String name, String commit, Instant at) {

    /// Enough of the commit for people.
    String shortly() {
      return commit.substring(0, 12);
    }
  }

  /// Where what is known of the cluster comes from.
  public sealed interface Knowledge {

    /// From the API server, now.
    record Live(Instant at) implements Knowledge {}

    /// From the facts on the ledger branch.
    record Remembered(Instant asOf) implements Knowledge {}

    /// From nowhere: nobody ever wrote facts.
    record Nothing() implements Knowledge {}
  }
}
