// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Speakers that announce what is recorded and withdraw what is not, sooner or later.
final class RandomSpeakers {

  private static final NodeName NODE = new NodeName("n1");

  private final Random random;
  private SnapshotMap<IpAddress, NodeName> announced = SnapshotMap.empty();
  private final SortedSet<IpAddress> withdrawn = new TreeSet<>();

  RandomSpeakers(Random random) {
    this.random = random;
  }

  SpeakerFacts facts() {
    return new SpeakerFacts(announced, withdrawn);
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  /// Some begin, some end, some fail.
  void speak(Ledger ledger, Definitions definitions) {
    for (AllocationRecord record : ledger.records().values()) {
      IpAddress address = record.address();
      boolean isSilent =
          definitions
              .poolOf(address)
              .filter(pool -> pool.rules().presence() == Presence.SILENT)
              .isPresent();
      if (ObviousRules.isHolding(record) && !isSilent && !oneIn(3)) {
        announced = announced.with(address, NODE);
      }
    }
    for (IpAddress address : List.copyOf(announced.keySet())) {
      boolean isDesired =
          ledger.records().find(address).filter(ObviousRules::isHolding).isPresent();
      if (isDesired ? oneIn(12) : !oneIn(3)) {
        announced = announced.without(address);
      }
    }
    for (AllocationRecord record : ledger.records().values()) {
      if (record.state() == State.RELEASING
          && !announced.containsKey(record.address())
          && !oneIn(3)) {
        withdrawn.add(record.address());
      }
    }
  }

  /// What is no longer releasing is no longer said to be withdrawn.
  void follow(Ledger ledger) {
    withdrawn.removeIf(
        address ->
            ledger
                .records()
                .find(address)
                .filter(record -> record.state() == State.RELEASING)
                .isEmpty());
  }

  /// The same in a new map.
  void list() {
    announced = SnapshotMap.copyOf(new TreeMap<>(announced));
  }

  void stop() {
    announced = SnapshotMap.empty();
  }

  @Override
  public String toString() {
    return "announced " + announced.keySet() + ", withdrawn " + withdrawn;
  }
}
