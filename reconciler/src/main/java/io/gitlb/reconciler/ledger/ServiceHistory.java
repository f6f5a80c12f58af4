// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.reconciler.ledger.AddressHistory.Period;
import io.gitlb.reconciler.ledger.AddressHistory.Recorded;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which addresses a Service had, and when.
///
/// @param addresses every address whose record ever named the Service, sorted
public record ServiceHistory(ServiceRef service, List<AddressHistory> addresses) {

  public ServiceHistory {
    addresses = addresses.stream().sorted(Comparator.comparing(AddressHistory::address)).toList();
  }

  /// A period in which a record named the Service.
  public record Spell(IpAddress address, AllocationRecord record, Period period) {}

  /// All of them, oldest first.
  public List<Spell> spells() {
    return addresses.stream()
        .flatMap(
            history ->
                history.periods().stream()
                    .flatMap(period -> spell(history.address(), period).stream()))
        .sorted(
            Comparator.comparing((Spell spell) -> spell.period().from())
                .thenComparing(Spell::address))
        .toList();
  }

  /// What records named the Service at a moment, by address.
  public List<Spell> at(Instant moment) {
    return addresses.stream()
        .flatMap(
            history ->
                history.at(moment).flatMap(period -> spell(history.address(), period)).stream())
        .toList();
  }

  private Optional<Spell> spell(IpAddress address, Period period) {
    return period.step().content() instanceof Recorded(AllocationRecord record)
            && record.holders().stream().anyMatch(holder -> holder.service().equals(service))
        ? Optional.of(new Spell(address, record, period))
        : Optional.empty();
  }
}
