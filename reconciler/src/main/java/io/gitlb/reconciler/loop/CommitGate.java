// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static java.util.stream.Collectors.joining;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.desired.AnnouncementCuts;
import io.gitlb.reconciler.desired.AnnouncementCuts.CutInput;
import io.gitlb.reconciler.guard.Approvals;
import io.gitlb.reconciler.guard.ChangeWindows;
import io.gitlb.reconciler.guard.ChangeWindows.Access;
import io.gitlb.reconciler.guard.Disturbance;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.loop.DefinitionsFollower.InForce;
import io.gitlb.reconciler.plan.Guards;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.reconciler.plan.PlanInput;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.reconciler.plan.Planner;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Lets a commit come into force now or later: one that would move, release or hold live addresses
/// waits for a change window of the definitions in force, unless it restores what was in force
/// before.
final class CommitGate {

  /// So many earlier states are looked at.
  private static final int EARLIER = 20;

  /// So many of many are named.
  private static final int NAMED = 3;

  private final DefinitionsFollower definitions;
  private final GuardMemory memory;

  /// What was found out about a commit: that takes two plans.
  private Optional<Judged> judged = Optional.empty();

  private Optional<Wait> wait = Optional.empty();

  private record Judged(String commit, SortedSet<IpAddress> disturbed) {}

  /// A commit that waits.
  ///
  /// @param until empty: for ever
  record Wait(Failure why, Optional<Instant> until) {}

  /// What is needed to judge a commit.
  ///
  /// @param ledger as committed
  record Scene(InForce inForce, Ledger ledger, ClusterView view, Instant now) {}

  CommitGate(DefinitionsFollower definitions, GuardMemory memory) {
    this.definitions = definitions;
    this.memory = memory;
  }

  /// Whether the commit may come into force now.
  boolean admits(InForce candidate, Scene scene) {
    wait =
        switch (ChangeWindows.at(scene.inForce().definitions().changeWindows(), scene.now())) {
          case Access.Open() -> Optional.empty();
          case Access.Closed(Optional<Instant> until) -> wait(candidate, scene, until);
        };
    return wait.isEmpty();
  }

  /// Nothing waits.
  void clear() {
    wait = Optional.empty();
  }

  /// What waits for a window.
  Optional<Wait> waiting() {
    return wait;
  }

  private Optional<Wait> wait(InForce candidate, Scene scene, Optional<Instant> until) {
    if (judged.filter(one -> one.commit().equals(candidate.commit())).isEmpty()) {
      judged = Optional.of(new Judged(candidate.commit(), disturbed(candidate, scene)));
    }
    SortedSet<IpAddress> disturbed = judged.get().disturbed();
    return disturbed.isEmpty()
        ? Optional.empty()
        : Optional.of(new Wait(failure(candidate, disturbed, until), until));
  }

  private static Failure failure(
      InForce candidate, SortedSet<IpAddress> disturbed, Optional<Instant> until) {
    String some = disturbed.stream().limit(NAMED).map(IpAddress::toString).collect(joining(", "));
    return new Failure(
        "GLB7006",
        "config commit "
            + candidate.commit()
            + " moves, releases or holds live addresses ("
            + some
            + (disturbed.size() > NAMED ? " and " + (disturbed.size() - NAMED) + " others" : "")
            + ") and waits until a change window opens"
            + until.map(at -> " at " + at).orElse(", which never happens again"));
  }

  private SortedSet<IpAddress> disturbed(InForce candidate, Scene scene) {
    if (isRestored(candidate.definitions(), scene.ledger())) {
      return Collections.emptySortedSet();
    }
    SortedSet<IpAddress> disturbed =
        new TreeSet<>(
            Disturbance.of(
                scene.ledger(),
                plan(scene, scene.inForce(), Guards.NONE),
                plan(scene, candidate, cuts(candidate, scene))));
    disturbed.addAll(
        Approvals.judge(
                new Approvals.Case(
                    candidate.definitions().approvals(),
                    memory.held(),
                    memory.spent(),
                    candidate.commit(),
                    scene.now()))
            .released());
    return disturbed;
  }

  private Guards cuts(InForce candidate, Scene scene) {
    return new Guards(
        AnnouncementCuts.findOnce(
            new CutInput(
                candidate.commit(),
                candidate.definitions(),
                Optional.of(scene.inForce().definitions()),
                definitions.frozenFor(memory.heldUnder()),
                scene.ledger(),
                scene.view())),
        Collections.emptySortedSet());
  }

  private static Plan plan(Scene scene, InForce which, Guards guards) {
    return Planner.planOnce(
        new PlanInput(
            which.definitions(),
            which.commit(),
            Optional.of(scene.inForce().commit()),
            scene.ledger(),
            scene.view(),
            SpeakerFacts.NONE,
            Adoption.CLOSED,
            guards,
            scene.now()));
  }

  /// Whether these were in force before: the ledger names the commits under which records changed.
  private boolean isRestored(Definitions candidate, Ledger ledger) {
    List<String> commits =
        ledger.records().values().stream()
            .sorted(Comparator.comparing(AllocationRecord::since).reversed())
            .map(AllocationRecord::configCommit)
            .distinct()
            .limit(EARLIER)
            .toList();
    return definitions.wereInForce(candidate)
        || commits.stream()
            .anyMatch(commit -> definitions.at(commit).filter(candidate::equals).isPresent());
  }
}
