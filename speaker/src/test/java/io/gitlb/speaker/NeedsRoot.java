// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// For tests that make network namespaces: without the means they are skipped, with
/// `GITLB_REQUIRE_LAB=1` in the environment they fail.
public final class NeedsRoot {

  private NeedsRoot() {}

  /// @param able whether the test can run here
  /// @param otherwise what it lacks
  public static void or(boolean able, String otherwise) {
    if ("1".equals(System.getenv("GITLB_REQUIRE_LAB"))) {
      assertTrue(able, otherwise + " (and GITLB_REQUIRE_LAB=1 says it must run)");
    } else {
      assumeTrue(able, otherwise);
    }
  }
}
