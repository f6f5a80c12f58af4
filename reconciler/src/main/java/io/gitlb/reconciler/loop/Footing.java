// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.loop.DefinitionsFollower.InForce;
import java.time.Instant;
import java.util.Optional;

/// What a pass stands on: definitions, ledger, view of the cluster and the words of the speakers.
/// Nothing is decided before each of them is there.
final class Footing {

  private final Keepers keepers;

  Footing(Keepers keepers) {
    this.keepers = keepers;
  }

  /// Whether a pass can decide something.
  sealed interface Found {

    /// @param inForce what the guards let be in force
    record Firm(InForce inForce, ClusterView view) implements Found {}

    /// The pass ends here.
    record Missing(Outcome outcome) implements Found {}
  }

  Found find(Instant now, ConfigPoll poll) {
    keepers.definitions().follow(poll);
    Optional<InForce> inForce = keepers.definitions().inForce();
    if (inForce.isEmpty()) {
      return new Found.Missing(withoutDefinitions(now));
    }
    Optional<Failure> unreadable = keepers.ledger().load(now);
    if (unreadable.isPresent()) {
      return waiting("the ledger: " + unreadable.get(), soon(now));
    }
    Optional<ClusterView> view = keepers.cluster().view();
    if (view.isEmpty()) {
      return waiting("the Kubernetes API", soon(now));
    }
    if (keepers.leases().isAwaited(inForce.get().definitions(), now)) {
      return waiting("what other clusters on the repository have", soon(now));
    }
    return find(now, inForce.get(), view.get());
  }

  private Found find(Instant now, InForce inForce, ClusterView view) {
    LedgerKeeper ledger = keepers.ledger();
    Optional<Failure> foreign = foreignLedger(view);
    if (foreign.isPresent()) {
      ledger.forget();
      Instant again = now.plus(keepers.settings().longestRetry());
      return new Found.Missing(new Outcome.Stalled(foreign.get(), Optional.of(again)));
    }
    SpeakerFollower speakers = keepers.speakers();
    speakers.hear(now);
    Optional<Instant> patience = speakers.waitsUntil(now);
    if (patience.isPresent()) {
      return waiting("the first word of every speaker", patience);
    }
    ledger.rebuild(speakers.carried(), view.clusterUid());
    speakers.settleEpoch(ledger.highestEpoch());
    ledger.begin(speakers.epoch());
    return new Found.Firm(keepers.guards().admit(inForce, ledger.ledger(), view, now), view);
  }

  private static Found waiting(String what, Optional<Instant> next) {
    return new Found.Missing(new Outcome.Waiting(what, next));
  }

  private Outcome withoutDefinitions(Instant now) {
    DefinitionsFollower definitions = keepers.definitions();
    return definitions
        .refused()
        .<Outcome>map(
            refused ->
                new Outcome.Stalled(
                    new Failure(
                        "GLB5001",
                        "config commit "
                            + refused.commit()
                            + " "
                            + refused.words()
                            + "; none was accepted before, correct it"),
                    Optional.empty()))
        .orElseGet(
            () ->
                new Outcome.Waiting(
                    "the config branch"
                        + definitions.unavailable().map(failure -> ": " + failure).orElse(""),
                    soon(now)));
  }

  private Optional<Instant> soon(Instant now) {
    return Optional.of(now.plus(keepers.settings().firstRetry()));
  }

  private Optional<Failure> foreignLedger(ClusterView view) {
    Optional<String> takeOver = keepers.settings().ledger().takeOver();
    return keepers
        .ledger()
        .ledger()
        .clusterUid()
        .filter(uid -> !uid.equals(view.clusterUid()) && !takeOver.equals(Optional.of(uid)))
        .map(
            uid ->
                new Failure(
                    "GLB5002",
                    "the ledger belongs to the cluster with UID "
                        + uid
                        + ", this one has "
                        + view.clusterUid()
                        + "; give this cluster another name, or take the ledger over with"
                        + " --take-over-ledger "
                        + uid));
  }
}
