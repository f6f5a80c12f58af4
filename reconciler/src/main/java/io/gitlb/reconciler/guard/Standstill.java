// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.plan.Decision;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.reconciler.plan.Refusal;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A plan while everything is suspended: nothing is recorded, nothing moves, and whoever would get
/// or change something is told so. What is announced goes on following nodes and endpoints, which
/// no plan decides.
public final class Standstill {

  private final Plan plan;
  private final Map<ServiceRef, ServiceView> services;
  private final String why;

  /// Service → its records that the plan would have changed, as they are
  private final SortedMap<ServiceRef, SortedSet<IpAddress>> has = new TreeMap<>();

  private Standstill(Plan plan, Map<ServiceRef, ServiceView> services, String why) {
    this.plan = plan;
    this.services = services;
    this.why = why;
  }

  /// What is left of the plan.
  ///
  /// @param ledger that the plan was made on
  /// @param why for people, one line
  public static Plan of(
      Plan plan, Ledger ledger, Map<ServiceRef, ServiceView> services, String why) {
    return new Standstill(plan, services, why).run(ledger);
  }

  private Plan run(Ledger ledger) {
    SortedSet<ServiceRef> concerned = new TreeSet<>();
    for (LedgerEdit edit : plan.edits()) {
      Stream.concat(
              edit.record().holders().stream(),
              ledger.records().find(edit.address()).stream().flatMap(r -> r.holders().stream()))
          .map(Holder::service)
          .forEach(service -> concerned.add(service));
    }
    if (!concerned.isEmpty()) {
      ledger.records().values().forEach(record -> note(record, concerned));
    }
    SnapshotMap<ServiceRef, Decision> decisions = plan.decisions();
    for (ServiceRef service : concerned) {
      Optional<Decision> instead = decide(service);
      decisions =
          instead.isPresent() ? decisions.with(service, instead.get()) : decisions.without(service);
    }
    return new Plan(decisions, List.of(), Optional.empty(), plan.skipped(), Plan.NONE.wants());
  }

  private void note(AllocationRecord record, SortedSet<ServiceRef> concerned) {
    if (record.state() == State.ALLOCATED || record.state() == State.HELD) {
      record.holders().stream()
          .map(Holder::service)
          .filter(service -> concerned.contains(service))
          .forEach(
              service -> has.computeIfAbsent(service, _ -> new TreeSet<>()).add(record.address()));
    }
  }

  /// @return empty: its status stays as it is
  private Optional<Decision> decide(ServiceRef ref) {
    ServiceView service = services.get(ref);
    if (service == null || service.scope() != ServiceView.Scope.OURS) {
      return Optional.empty();
    }
    SortedSet<IpAddress> own = has.getOrDefault(ref, new TreeSet<>());
    List<IpAddress> shown =
        service.statusAddresses().stream().filter(address -> own.contains(address)).toList();
    Refusal suspended = Refusal.of(Reason.SUSPENDED, why);
    if (!own.isEmpty()) {
      return Optional.of(
          new Decision.Refuse(
              ref, shown.isEmpty() ? List.copyOf(own) : shown, suspended, List.of()));
    }
    // What nobody recorded may be in use all the same: it is adopted afterwards.
    return service.statusAddresses().isEmpty()
        ? Optional.of(new Decision.Refuse(ref, List.of(), suspended, List.of()))
        : Optional.empty();
  }
}
