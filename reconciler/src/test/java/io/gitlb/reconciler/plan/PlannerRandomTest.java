// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.LedgerEdit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random worlds against the obvious model, and the planner that lives on against one made anew.
///
/// A failure tells the seed of its world, what happened in it and the input that was planned badly.
/// `-Dgitlb.random.seed=SEED` plays that world alone.
class PlannerRandomTest {

  private static final int WORLDS = 40 * Integer.getInteger("gitlb.random.rounds", 1);
  private static final int STEPS = 40;

  /// More passes than this on end mean that the planner never comes to rest.
  private static final int PASSES = 6;

  @Test
  void whateverHappensTheRulesHold() {
    Long seed = Long.getLong("gitlb.random.seed");
    if (seed != null) {
      new Life(seed).live();
      return;
    }
    for (long world = 0; world < WORLDS; world++) {
      new Life(20_261_121L + world).live();
    }
  }

  /// One world and its planner from the first Service to the last.
  private static final class Life {

    private final long seed;
    private final Random random;
    private final RandomWorld world;
    private Planner planner = new Planner();
    private Plan last = Plan.NONE;

    Life(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.world = new RandomWorld(random, new RandomFleet(new Random(~seed)));
    }

    void live() {
      for (int step = 0; step < STEPS; step++) {
        int events = random.nextInt(10) == 0 ? 12 : 1 + random.nextInt(3);
        for (int event = 0; event < events; event++) {
          world.happen();
        }
        if (random.nextInt(12) == 0) {
          planner = new Planner();
        }
        if (random.nextInt(4) == 0) {
          pass();
        } else {
          settle();
        }
      }
      end();
    }

    /// Plans until nothing is left to do.
    private void settle() {
      for (int pass = 0; pass < PASSES; pass++) {
        PlanInput input = world.input();
        Plan plan = plan(input);
        boolean isTaken = world.take(plan);
        if (!isTaken) {
          return;
        }
        if (plan.edits().isEmpty()) {
          fail(input, plan, ObviousOutcome.violations(input, plan));
          rests(input, plan);
          return;
        }
      }
      fail(world.input(), Plan.NONE, List.of("it does not come to rest"));
    }

    private void pass() {
      world.take(plan(world.input()));
    }

    private Plan plan(PlanInput input) {
      Plan plan = planner.plan(input);
      List<String> violations = new ArrayList<>(ObviousModel.violations(input, plan));
      compare(plan, Planner.planOnce(input), "a planner made anew", violations);
      fail(input, plan, violations);
      last = plan;
      return plan;
    }

    private static void compare(Plan plan, Plan other, String whose, List<String> violations) {
      if (!plan.edits().equals(other.edits())) {
        List<LedgerEdit> more = new ArrayList<>(plan.edits());
        more.removeAll(other.edits());
        List<LedgerEdit> fewer = new ArrayList<>(other.edits());
        fewer.removeAll(plan.edits());
        violations.add("other edits than those of " + whose + ": has " + more + ", lacks " + fewer);
      }
      if (!plan.decisions().equals(other.decisions())) {
        violations.add(
            "other decisions than those of "
                + whose
                + ": "
                + other.decisions().changesSince(plan.decisions()));
      }
      if (!plan.nextChange().equals(other.nextChange())) {
        violations.add("another next change than that of " + whose + ": " + other.nextChange());
      }
      if (!plan.skipped().equals(other.skipped())) {
        violations.add("skips other addresses than " + whose + ": " + other.skipped());
      }
      if (!plan.wants().equals(other.wants())) {
        violations.add(
            "wants other blocks than " + whose + ": " + other.wants() + " not " + plan.wants());
      }
    }

    /// Nothing changes before the plan says so; then it does, or the plan names a later time.
    private void rests(PlanInput input, Plan plan) {
      List<String> violations = new ArrayList<>();
      Instant until = plan.nextChange().orElse(input.now().plus(Duration.ofDays(1)));
      long wait = Duration.between(input.now(), until).toMillis();
      if (wait <= 0) {
        violations.add("the next change is not in the future: " + until);
      } else {
        Instant between = input.now().plusMillis(random.nextLong(wait));
        compare(plan, Planner.planOnce(at(input, between)), "a moment in between", violations);
        Plan last = Planner.planOnce(at(input, until.minusMillis(1)));
        compare(plan, last, "the moment before the next change", violations);
      }
      if (plan.nextChange().isPresent()
          && plan.nextChange().equals(Planner.planOnce(at(input, until)).nextChange())) {
        violations.add("the next change does not come: " + until);
      }
      fail(input, plan, violations);
    }

    private static PlanInput at(PlanInput input, Instant now) {
      return new PlanInput(
          input.definitions(),
          input.configCommit(),
          input.previousCommit(),
          input.ledger(),
          input.view(),
          input.speakers(),
          input.adoption(),
          input.guards(),
          input.fleet(),
          now);
    }

    /// When nobody is left and time passes, nothing is left in the ledger.
    private void end() {
      world.deleteAll();
      for (int phase = 0; phase < 6; phase++) {
        settle();
        world.pass(Duration.ofMinutes(30));
      }
      Optional<Object> left =
          world.ledger().records().isEmpty() ? Optional.empty() : Optional.of(world.ledger());
      left.ifPresent(ledger -> fail(world.input(), Plan.NONE, List.of("is left over: " + ledger)));
    }

    private void fail(PlanInput input, Plan plan, List<String> violations) {
      if (!violations.isEmpty()) {
        throw new AssertionError(
            "seed "
                + seed
                + ":\n  "
                + String.join("\n  ", violations)
                + "\nafter\n  "
                + world.story()
                + "\nfor the input\n  "
                + RandomWorld.describe(input)
                + "\nthe plan was\n  "
                + plan.edits()
                + "\n  "
                + plan.decisions().values()
                + "\n  next change "
                + plan.nextChange()
                + "\nthe plan before was\n  "
                + last.decisions().values());
      }
    }
  }
}
