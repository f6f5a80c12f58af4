// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Conflict;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A ledger that fails, that others write to, that is spoiled and lost.
final class RandomLedger {

  private static final List<State> STATES = List.of(State.values());

  private final Random random;
  private final EnumSet<RandomFeature> features;
  private Ledger ledger = Ledger.EMPTY;

  /// Open until it has taken a whole plan.
  private Adoption adoption = Adoption.OPEN;

  RandomLedger(Random random, EnumSet<RandomFeature> features) {
    this.random = random;
    this.features = features;
  }

  Ledger now() {
    return ledger;
  }

  Adoption adoption() {
    return adoption;
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private boolean maybe(RandomFeature feature, int oneIn) {
    return features.contains(feature) && oneIn(oneIn);
  }

  /// Something happens to it, or nothing.
  ///
  /// @return what, in words
  Optional<String> happen(Instant time, String commit) {
    if (maybe(RandomFeature.REBUILD, 2)) {
      ledger = Ledger.EMPTY;
      adoption = Adoption.OPEN;
      return Optional.of("the ledger is lost");
    }
    if (maybe(RandomFeature.FOREIGN_EDITS, 1)) {
      IpAddress address = RandomDefinitions.anyAddress(random);
      Optional<AllocationRecord> record = ledger.records().find(address);
      if (record.isPresent() && oneIn(2)) {
        change(new LedgerEdit.Delete(record.get(), LedgerEdit.Action.FREE));
      } else {
        change(new LedgerEdit.Put(foreign(address, time, commit), LedgerEdit.Action.UPDATE));
      }
      return Optional.of("foreign edit: " + address + " " + ledger.records().find(address));
    }
    return maybe(RandomFeature.UNREADABLE, 1) ? Optional.of(spoil()) : Optional.empty();
  }

  /// A file is spoiled, or all are put right.
  private String spoil() {
    SortedSet<IpAddress> unreadable = new TreeSet<>(ledger.unreadable());
    IpAddress address = RandomDefinitions.anyAddress(random);
    SnapshotMap<IpAddress, AllocationRecord> records = ledger.records();
    if (oneIn(3)) {
      unreadable.clear();
    } else {
      unreadable.add(address);
      records = records.without(address);
    }
    ledger = new Ledger(ledger.clusterUid(), records, unreadable);
    return "unreadable: " + unreadable;
  }

  private AllocationRecord foreign(IpAddress address, Instant time, String commit) {
    List<ServiceRef> refs = RandomServices.refs();
    State state = STATES.get(random.nextInt(STATES.size()));
    Optional<Conflict> conflict =
        state == State.CONFLICTED
            ? Optional.of(
                new Conflict(
                    MacAddress.of("02:00:5e:00:53:01"),
                    Instant.ofEpochSecond(time.getEpochSecond())))
            : Optional.empty();
    return new AllocationRecord(
        address,
        new PoolName("a"),
        List.of(
            new Holder(
                refs.get(random.nextInt(refs.size())),
                "foreign",
                List.of("TCP/80"),
                Optional.empty())),
        state,
        AllocationRecord.Reason.AUTOMATIC,
        Instant.ofEpochSecond(time.getEpochSecond()),
        commit,
        conflict);
  }

  private void change(LedgerEdit edit) {
    ledger =
        new Ledger(Optional.of(ViewBuilder.CLUSTER_UID), ledger.records(), ledger.unreadable())
            .with(edit);
  }

  /// Takes all edits, or those before a failure.
  ///
  /// @return those that it took
  List<LedgerEdit> take(List<LedgerEdit> edits) {
    int taken =
        maybe(RandomFeature.FAILED_COMMITS, 4) ? random.nextInt(edits.size() + 1) : edits.size();
    edits.subList(0, taken).forEach(this::change);
    if (taken == edits.size()) {
      adoption = Adoption.CLOSED;
    }
    return edits.subList(0, taken);
  }

  /// The same in a new map.
  void list() {
    ledger =
        new Ledger(
            ledger.clusterUid(),
            SnapshotMap.copyOf(new TreeMap<>(ledger.records())),
            ledger.unreadable());
  }

  /// Every file can be read, and what the link was asked about or had is free: no plan ends that.
  void repair() {
    ledger = new Ledger(ledger.clusterUid(), ledger.records(), new TreeSet<>());
    for (AllocationRecord record : List.copyOf(ledger.records().values())) {
      if (record.state() == State.CONFLICTED || record.state() == State.PROBING) {
        change(new LedgerEdit.Delete(record, LedgerEdit.Action.FREE));
      }
    }
  }

  /// In short, for the story.
  static String describe(AllocationRecord record) {
    return "%s %s %s %s %s since %s"
        .formatted(
            record.address(),
            record.pool(),
            record.state(),
            record.reason(),
            record.holders(),
            record.since());
  }
}
