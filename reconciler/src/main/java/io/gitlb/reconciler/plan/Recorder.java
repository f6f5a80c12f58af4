// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/// Turns what was decided into records.
final class Recorder {

  private final PlanInput input;
  private final Inventory inventory;
  private final Holdings holdings;

  /// Records carry whole seconds.
  private final Instant now;

  Recorder(PlanInput input, Inventory inventory, Holdings holdings) {
    this.input = input;
    this.inventory = inventory;
    this.holdings = holdings;
    this.now = input.now().truncatedTo(ChronoUnit.SECONDS);
  }

  void record(ServiceView service, Choice choice) {
    switch (choice) {
      case Choice.Kept kept -> keep(service, kept);
      case Choice.Given given -> give(service, given);
    }
  }

  private void give(ServiceView service, Choice.Given given) {
    PoolName pool =
        inventory
            .poolOf(given.address())
            .map(AddressPool::name)
            .orElseThrow(() -> new IllegalStateException("given from no pool: " + given));
    holdings.put(
        new AllocationRecord(
            given.address(),
            pool,
            List.of(holder(service)),
            State.ALLOCATED,
            given.why(),
            now,
            input.configCommit()),
        given.action());
  }

  private void keep(ServiceView service, Choice.Kept kept) {
    AllocationRecord record = kept.record();
    List<Holder> holders =
        Stream.concat(others(record, service.ref()), Stream.of(holder(service))).sorted().toList();
    boolean held = kept.holdCause().isPresent();
    if (held && record.state() != State.HELD) {
      // Announced on as under the last definitions that gave it.
      String commit = input.previousCommit().orElse(record.configCommit());
      holdings.put(
          new AllocationRecord(
              record.address(), record.pool(), holders, State.HELD, record.reason(), now, commit),
          Action.HOLD);
    } else if (held) {
      update(record, holders, record.pool());
    } else if (record.state() == State.HELD) {
      holdings.put(
          new AllocationRecord(
              record.address(),
              poolNow(record),
              holders,
              State.ALLOCATED,
              record.reason(),
              now,
              input.configCommit()),
          Action.UPDATE);
    } else {
      update(record, holders, poolNow(record));
    }
  }

  /// A pool may have been renamed or split around the address.
  private PoolName poolNow(AllocationRecord record) {
    return inventory.poolOf(record.address()).map(AddressPool::name).orElse(record.pool());
  }

  private void update(AllocationRecord record, List<Holder> holders, PoolName pool) {
    holdings.put(
        new AllocationRecord(
            record.address(),
            pool,
            holders,
            record.state(),
            record.reason(),
            record.since(),
            record.configCommit()),
        Action.UPDATE);
  }

  /// The Service gives the address up; the last one to do so makes it releasing.
  void release(AllocationRecord record, ServiceRef service) {
    List<Holder> rest = others(record, service).toList();
    if (rest.isEmpty()) {
      holdings.put(
          new AllocationRecord(
              record.address(),
              record.pool(),
              record.holders(),
              State.RELEASING,
              record.reason(),
              now,
              input.configCommit()),
          Action.RELEASE);
    } else {
      update(record, rest, record.pool());
    }
  }

  private static Stream<Holder> others(AllocationRecord record, ServiceRef service) {
    return record.holders().stream().filter(holder -> !holder.service().equals(service));
  }

  private static Holder holder(ServiceView service) {
    return new Holder(
        service.ref(),
        service.uid(),
        service.ports().stream().map(ServiceView.Port::toString).toList());
  }
}
