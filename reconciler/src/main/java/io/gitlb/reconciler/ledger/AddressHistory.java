// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Everything that the ledger branch ever said about one address.
///
/// @param steps in the order of the branch, oldest first
public record AddressHistory(IpAddress address, List<Step> steps) {

  public AddressHistory {
    steps = List.copyOf(steps);
  }

  /// A commit that changed the address' file.
  ///
  /// @param commit 40 hexadecimal digits
  /// @param at when it happened: the trailer `Effective-At`, else the commit's date. The date of a
  ///   commit is never before its parent's, so it is late for a while after a clock that was ahead
  /// @param committed the commit's date
  /// @param by the committer, as `name <email>`
  /// @param subject the message's first line
  /// @param action what the commit's trailers say was done; empty for a commit that is none of ours
  public record Step(
      String commit,
      Instant at,
      Instant committed,
      String by,
      String subject,
      Optional<String> action,
      Content content) {}

  /// The address' file after a step.
  public sealed interface Content {}

  /// There is a record.
  public record Recorded(AllocationRecord record) implements Content {}

  /// There is no file: the address is free.
  public record Removed() implements Content {}

  /// There is a file that is no record; nobody knows who has the address.
  ///
  /// @param why in words
  public record Unreadable(String why) implements Content {}

  /// How long a step was the last word.
  ///
  /// @param until when the next one happened; empty: still
  public record Period(Step step, Optional<Instant> until) {

    /// When it began.
    public Instant from() {
      return step.at();
    }
  }

  /// Each step with its end, oldest first.
  public List<Period> periods() {
    List<Period> periods = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Optional<Instant> until =
          i + 1 < steps.size() ? Optional.of(steps.get(i + 1).at()) : Optional.empty();
      periods.add(new Period(steps.get(i), until));
    }
    return periods;
  }

  /// The last word at a moment: of the steps that had happened by then the last of the branch.
  ///
  /// @return empty when there was none yet
  public Optional<Period> at(Instant moment) {
    return periods().reversed().stream()
        .filter(period -> !period.from().isAfter(moment))
        .findFirst();
  }
}
