// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterAddresses;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredInput;
import io.gitlb.reconciler.desired.DesiredStates;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.loop.LoopFigures.AddressUse;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.Optional;

/// What the speakers are to have.
final class WantedStates {

  private final DefinitionsFollower definitions;
  private final SpeakerFollower speakers;
  private final LedgerCounts ledgerCounts = new LedgerCounts();

  /// Lives from pass to pass, until a defect leaves it half done.
  private DesiredStates desired = new DesiredStates();

  /// The last view, with those that are missing and must not go.
  private ClusterView steady =
      new ClusterView(
          "",
          SnapshotMap.empty(),
          SnapshotMap.empty(),
          SnapshotMap.empty(),
          SnapshotMap.empty(),
          ClusterAddresses.NONE);

  private DesiredContent content = DesiredContent.EMPTY;

  /// What the content was made of.
  private Optional<DesiredInput> built = Optional.empty();

  WantedStates(DefinitionsFollower definitions, SpeakerFollower speakers) {
    this.definitions = definitions;
    this.speakers = speakers;
  }

  /// @param view with those that are missing and must not go
  void see(ClusterView view) {
    steady = view;
  }

  /// Looks for an address that should move for the sake of balance, when it is time.
  void balance(Instant now) {
    speakers.balance(desired, now);
  }

  /// Decides who announces what.
  ///
  /// @param announcing the definitions that say it
  /// @param recorded what of the ledger is told
  void build(Definitions announcing, Ledger recorded) {
    ledgerCounts.follow(recorded.records());
    DesiredInput input =
        new DesiredInput(
            announcing,
            definitions.frozenFor(ledgerCounts.heldUnder()),
            recorded,
            steady,
            speakers.nodes(),
            speakers.owners(),
            speakers.intended(),
            speakers.links(),
            speakers.moves());
    built = Optional.of(input);
    content = desired.build(input);
  }

  /// As built last.
  DesiredContent content() {
    return content;
  }

  /// What that was made of; empty before the first.
  Optional<DesiredInput> built() {
    return built;
  }

  /// pool, family and state → how many records
  SnapshotMap<AddressUse, Integer> uses() {
    return ledgerCounts.uses();
  }

  /// What was decided last stays, what it was derived with does not.
  void forget() {
    desired = new DesiredStates();
  }
}
