// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.plan.Decision;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.reconciler.plan.Refusal;
import io.gitlb.schema.value.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A decision in the words of the Service's condition.
final class AllocatedCondition {

  static final String TYPE = "gitlb.io/Allocated";

  private AllocatedCondition() {}

  /// @return empty when the Service shall have no condition of ours
  static Optional<Condition> of(Decision decision) {
    return switch (decision) {
      case Decision.Keep keep -> Optional.of(given(keep.message(), keep.notes()));
      case Decision.Assign assign -> Optional.of(given(assign.message(), assign.notes()));
      case Decision.Hold hold ->
          Optional.of(
              condition(
                  "True",
                  Reason.HELD,
                  "keeps " + list(hold.addresses()) + ", although " + hold.cause().message()));
      case Decision.Refuse refuse ->
          Optional.of(
              refuse.addresses().isEmpty()
                  ? condition("False", refuse.cause().reason(), refuse.cause().message())
                  : condition(
                      "True",
                      refuse.cause().reason(),
                      "keeps " + list(refuse.addresses()) + "; " + refuse.cause().message()));
      case Decision.Release _ -> Optional.empty();
    };
  }

  /// What is decided may not be told yet.
  ///
  /// @param kept what the Service has been told
  static Condition heldBack(List<IpAddress> kept, String why) {
    return condition(
        kept.isEmpty() ? "False" : "True",
        Reason.LEDGER_NOT_PUSHED,
        kept.isEmpty() ? why : "keeps " + list(kept) + "; " + why);
  }

  private static Condition given(String message, List<Refusal> notes) {
    Reason reason = notes.isEmpty() ? Reason.ALLOCATED : notes.getFirst().reason();
    return condition("True", reason, withNotes(message, notes));
  }

  private static String withNotes(String message, List<Refusal> notes) {
    return Stream.concat(Stream.of(message), notes.stream().map(Refusal::message))
        .collect(Collectors.joining("; "));
  }

  private static Condition condition(String status, Reason reason, String message) {
    return new Condition(TYPE, status, reason.text(), message);
  }

  private static String list(List<IpAddress> addresses) {
    return String.join(", ", addresses.stream().map(IpAddress::toString).toList());
  }
}
