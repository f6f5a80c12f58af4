// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.Tool;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Decides whether a test marked [NeedsLab] or [SharesLab] can run here.
final class LabRequirements implements ExecutionCondition {

  /// Environment variable: `1` means that a machine which cannot run the lab is an error.
  static final String REQUIRE = "GITLB_REQUIRE_LAB";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    ConditionEvaluationResult result =
        decide(
            Tool.obstacles(Tool.values()),
            "1".equals(System.getenv(REQUIRE)) ? Lack.FAILS : Lack.SKIPS);
    if (!result.isDisabled()) {
      Training.once();
    }
    return result;
  }

  /// What a machine that cannot run the lab means.
  enum Lack {
    SKIPS,
    FAILS
  }

  static ConditionEvaluationResult decide(List<String> obstacles, Lack lack) {
    if (obstacles.isEmpty()) {
      return ConditionEvaluationResult.enabled("the lab can run");
    }
    String reason = "lab left out: " + String.join("; ", obstacles);
    return switch (lack) {
      case SKIPS -> ConditionEvaluationResult.disabled(reason);
      case FAILS ->
          throw new IllegalStateException(reason + " (and " + REQUIRE + "=1 says it must run)");
    };
  }
}
