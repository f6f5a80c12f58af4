// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.desired.AnnouncementCuts;
import io.gitlb.reconciler.desired.AnnouncementCuts.CutInput;
import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredInput;
import io.gitlb.reconciler.desired.DesiredStates;
import io.gitlb.reconciler.impact.ImpactInput.Stage;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.plan.Decision;
import io.gitlb.reconciler.plan.Guards;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.reconciler.plan.PlanInput;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.reconciler.plan.Planner;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// Where one configuration leads: the plan when nothing moves any more, the ledger after it, and
/// what nodes announce then. Nothing is waited for: a move counts as done.
///
/// @param stage the configuration
/// @param skipped what of the pools is never given
record Future(
    Stage stage,
    SnapshotMap<ServiceRef, Decision> decisions,
    List<Plan.Skipped> skipped,
    Ledger ledger,
    DesiredContent content) {

  /// Passes until a plan asks for nothing more. What one pass frees, the next may give; more than a
  /// few of these do not happen.
  private static final int PASSES = 4;

  /// @param previous the configuration before it, under which is held what this one takes away
  /// @param approved what is let go all the same
  /// @param intended address → its candidates before
  static Future of(
      ImpactInput input,
      ClusterView view,
      Stage stage,
      Optional<Stage> previous,
      Ledger from,
      SortedSet<IpAddress> approved,
      SnapshotMap<IpAddress, List<NodeName>> intended) {
    SortedMap<String, Definitions> frozen = frozen(input, previous);
    Planner planner = new Planner();
    Ledger ledger = from;
    Plan plan = Plan.NONE;
    for (int pass = 0; pass < PASSES; pass++) {
      CutInput cuts =
          new CutInput(
              stage.commit(),
              stage.definitions(),
              previous.map(Stage::definitions),
              frozen,
              ledger,
              view);
      plan =
          planner.plan(
              new PlanInput(
                  stage.definitions(),
                  stage.commit(),
                  previous.map(Stage::commit),
                  ledger,
                  view,
                  SpeakerFacts.NONE,
                  Adoption.CLOSED,
                  new Guards(AnnouncementCuts.findOnce(cuts), approved),
                  input.now()));
      if (plan.edits().isEmpty()) {
        break;
      }
      for (LedgerEdit edit : plan.edits()) {
        ledger = ledger.with(edit);
      }
    }
    DesiredContent content =
        DesiredStates.buildOnce(
            new DesiredInput(
                stage.definitions(),
                frozen,
                ledger,
                view,
                input.speakers(),
                input.owners(),
                intended));
    return new Future(stage, plan.decisions(), plan.skipped(), ledger, content);
  }

  private static SortedMap<String, Definitions> frozen(
      ImpactInput input, Optional<Stage> previous) {
    SortedMap<String, Definitions> frozen = new TreeMap<>(input.frozen());
    previous.ifPresent(stage -> frozen.put(stage.commit(), stage.definitions()));
    return frozen;
  }

  /// What the Service has then, in the order of its status.
  List<IpAddress> addresses(ServiceRef service) {
    return decisions.find(service).map(Decision::addresses).orElse(List.of());
  }

  /// Whether the address is held then.
  boolean holds(IpAddress address) {
    return ledger
        .records()
        .find(address)
        .map(AllocationRecord::state)
        .equals(Optional.of(State.HELD));
  }

  /// Whether some node announces it then.
  boolean announces(IpAddress address) {
    return content.placed().containsKey(address);
  }
}
