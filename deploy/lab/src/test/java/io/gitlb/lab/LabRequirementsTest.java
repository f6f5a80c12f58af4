// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.LabRequirements.Lack;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

final class LabRequirementsTest {

  private static final List<String> OBSTACLES = List.of("not root", "not installed: frr, bird2");

  @Test
  void aMachineWithEverythingRunsTheLab() {
    assertFalse(LabRequirements.decide(List.of(), Lack.FAILS).isDisabled());
  }

  @Test
  void aMachineThatLacksSomethingSkipsWithEveryReason() {
    ConditionEvaluationResult result = LabRequirements.decide(OBSTACLES, Lack.SKIPS);

    assertTrue(result.isDisabled());
    assertEquals(
        "lab left out: not root; not installed: frr, bird2", result.getReason().orElseThrow());
  }

  @Test
  void whereTheLabIsRequiredALackIsAFailure() {
    IllegalStateException failure =
        assertThrows(
            IllegalStateException.class, () -> LabRequirements.decide(OBSTACLES, Lack.FAILS));
    assertTrue(failure.toString().contains("GITLB_REQUIRE_LAB=1"), failure.toString());
  }
}
