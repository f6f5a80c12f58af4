// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

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

  void record(Applicant who, Choice choice) {
    switch (choice) {
      case Choice.Kept kept -> keep(who, kept);
      case Choice.Given given -> give(who, given);
    }
  }

  private void give(Applicant who, Choice.Given given) {
    List<Holder> others =
        holdings
            .at(given.address())
            .filter(Holdings::isOpenToSharers)
            .map(record -> others(record, who.ref()).toList())
            .orElse(List.of());
    if (!others.isEmpty()) {
      AllocationRecord record = holdings.at(given.address()).orElseThrow();
      holdings.put(
          with(record, withHolder(others, who), record.state(), record.reason()), Action.ALLOCATE);
      return;
    }
    PoolName pool =
        inventory
            .poolOf(given.address())
            .map(AddressPool::name)
            .orElseThrow(() -> new IllegalStateException("given from no pool: " + given));
    // What comes back after it was adopted once is not adopted again.
    boolean isAdopted =
        given.why() == AllocationRecord.Reason.ADOPTED && holdings.at(given.address()).isEmpty();
    holdings.put(
        new AllocationRecord(
            given.address(),
            pool,
            List.of(who.holder()),
            State.ALLOCATED,
            given.why(),
            now,
            input.configCommit()),
        isAdopted ? Action.ADOPT : Action.ALLOCATE);
  }

  private static List<Holder> withHolder(List<Holder> others, Applicant who) {
    return Stream.concat(others.stream(), Stream.of(who.holder())).toList();
  }

  private void keep(Applicant who, Choice.Kept kept) {
    AllocationRecord record = kept.record();
    List<Holder> others = others(record, who.ref()).toList();
    List<Holder> holders = withHolder(others, who);
    AllocationRecord.Reason why = others.isEmpty() ? kept.why() : record.reason();
    boolean held = kept.state() == State.HELD;
    if (held && record.state() != State.HELD) {
      // Announced on as under the last definitions that gave it.
      boolean isNew = !holdings.committed().containsKey(record.address());
      String commit =
          isNew ? record.configCommit() : input.previousCommit().orElse(record.configCommit());
      holdings.put(
          new AllocationRecord(
              record.address(), record.pool(), holders, State.HELD, record.reason(), now, commit),
          Action.HOLD);
    } else if (held) {
      holdings.put(with(record, holders, record.state(), record.reason()), Action.UPDATE);
    } else if (record.state() == State.HELD) {
      holdings.put(
          new AllocationRecord(
              record.address(),
              poolNow(record),
              holders,
              State.ALLOCATED,
              why,
              now,
              input.configCommit()),
          Action.UPDATE);
    } else {
      holdings.put(with(record, holders, record.state(), why), Action.UPDATE);
    }
  }

  /// The Service has broken with those who have the address too and cannot go: the record says from
  /// now on that it shares with nobody, so that nobody joins it.
  void estrange(Applicant who, AllocationRecord record) {
    List<Holder> holders =
        record.holders().stream()
            .map(
                holder ->
                    holder.service().equals(who.ref())
                        ? new Holder(holder.service(), who.service().uid(), holder.ports())
                        : holder)
            .toList();
    holdings.put(with(record, holders, record.state(), record.reason()), Action.UPDATE);
  }

  /// A pool may have been renamed or split around the address. While several have it, one of them
  /// may name the pool that it was.
  private PoolName poolNow(AllocationRecord record) {
    if (record.holders().size() > 1
        && record.holders().stream().anyMatch(holder -> names(holder, record.pool()))) {
      return record.pool();
    }
    return inventory.poolOf(record.address()).map(AddressPool::name).orElse(record.pool());
  }

  private boolean names(Holder holder, PoolName pool) {
    return input
        .view()
        .services()
        .find(holder.service())
        .filter(view -> Annotations.written(view, Annotations.POOL).containsValue(pool.value()))
        .isPresent();
  }

  /// The same allocation with other holders. What is held stays in the pool that it was held in.
  private AllocationRecord with(
      AllocationRecord record, List<Holder> holders, State state, AllocationRecord.Reason why) {
    return new AllocationRecord(
        record.address(),
        state == State.HELD ? record.pool() : poolNow(record),
        holders,
        state,
        why,
        record.since(),
        record.configCommit());
  }

  /// The Service gives the address up; the last one to do so makes it releasing.
  void release(AllocationRecord record, ServiceRef service) {
    List<Holder> rest = others(record, service).toList();
    if (rest.isEmpty()) {
      holdings.put(ended(record, State.RELEASING), Action.RELEASE);
    } else {
      holdings.put(with(record, rest, record.state(), record.reason()), Action.UPDATE);
    }
  }

  /// The address waits for its last holders to come back.
  void retain(AllocationRecord record) {
    holdings.put(ended(record, State.RETAINED), Action.RETAIN);
  }

  /// The address may be given, after all others.
  void rest(AllocationRecord record) {
    holdings.put(ended(record, State.RESTING), Action.REST);
  }

  private AllocationRecord ended(AllocationRecord record, State state) {
    return new AllocationRecord(
        record.address(),
        record.pool(),
        record.holders(),
        state,
        record.reason(),
        now,
        input.configCommit());
  }

  private static Stream<Holder> others(AllocationRecord record, ServiceRef service) {
    return record.holders().stream().filter(holder -> !holder.service().equals(service));
  }
}
