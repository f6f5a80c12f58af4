// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.ServiceRef;
import java.util.Optional;
import java.util.stream.Stream;

/// Who may have an address together: the same key, the same backend, no port in common, and the
/// same namespace unless the pool allows others.
///
/// A Service is compared with what the record says of the others, not with what they have become:
/// so of two that change at once the later one gives way, not both.
final class SharingRules {

  private SharingRules() {}

  /// What keeps the Service from having the address together with its other holders; empty when
  /// nothing does, or nobody else has it.
  static Optional<Refusal> obstacle(
      Applicant who, AllocationRecord record, Optional<AddressPool> pool) {
    return broken(who, record).or(() -> withoutConsent(who, record, pool));
  }

  /// What in the Services themselves keeps them from having the address together.
  ///
  /// A holder without a key, beside others, is one that has broken with them and cannot go: no
  /// reason for those who have the address too, but for everybody else.
  static Optional<Refusal> broken(Applicant who, AllocationRecord record) {
    boolean holds = who.holds(record);
    return others(who, record)
        .filter(other -> !holds || other.sharing().isPresent())
        .flatMap(other -> between(who, record, other).stream())
        .findFirst();
  }

  /// That the pool does not allow it to Services of several namespaces.
  static Optional<Refusal> withoutConsent(
      Applicant who, AllocationRecord record, Optional<AddressPool> pool) {
    return others(who, record)
        .filter(other -> !mayMeet(who, other, pool))
        .findFirst()
        .flatMap(
            other ->
                refusal(
                    Reason.SHARING_OTHER_NAMESPACE,
                    record.address()
                        + " is in use by "
                        + other.service()
                        + "; its pool does not say shareAcrossNamespaces"));
  }

  private static Stream<Holder> others(Applicant who, AllocationRecord record) {
    return record.holders().stream().filter(other -> !other.service().equals(who.ref()));
  }

  private static Optional<Refusal> between(Applicant who, AllocationRecord record, Holder other) {
    if (who.sharing().isEmpty() || other.sharing().isEmpty()) {
      return refusal(
          Reason.ADDRESS_IN_USE, record.address() + " is in use by " + holders(record, who.ref()));
    }
    SharingKey own = who.sharing().get();
    SharingKey others = other.sharing().get();
    if (!own.key().equals(others.key())) {
      return refusal(
          Reason.SHARING_KEY_DIFFERS,
          record.address()
              + " is in use by "
              + other.service()
              + ", whose sharing key is \""
              + others.key()
              + "\", not \""
              + own.key()
              + "\"");
    }
    if (!own.backend().equals(others.backend())) {
      return refusal(
          Reason.SHARING_BACKEND_DIFFERS,
          record.address()
              + " is in use by "
              + other.service()
              + "; with externalTrafficPolicy Local only Services of one namespace and selector"
              + " share");
    }
    return other.ports().stream()
        .filter(who.holder().ports()::contains)
        .findFirst()
        .flatMap(
            port ->
                refusal(
                    Reason.PORT_CLASH,
                    port + " of " + record.address() + " is in use by " + other.service()));
  }

  private static boolean mayMeet(Applicant who, Holder other, Optional<AddressPool> pool) {
    return other.service().namespace().equals(who.ref().namespace())
        || pool.filter(found -> found.rules().sharing() == AddressPool.Sharing.ACROSS_NAMESPACES)
            .isPresent();
  }

  /// The holders of a record but for one, in words.
  static String holders(AllocationRecord record, ServiceRef without) {
    return String.join(
        ", ",
        record.holders().stream()
            .map(Holder::service)
            .filter(service -> !service.equals(without))
            .map(ServiceRef::toString)
            .toList());
  }

  private static Optional<Refusal> refusal(Reason reason, String message) {
    return Optional.of(Refusal.of(reason, message));
  }
}
