// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import org.junit.jupiter.api.Test;

/// Many seeds of random trouble; the seed is in the failure.
final class OwnershipRoundsTest {

  private static final int SEEDS = 20;
  private static final int ROUNDS = 30;

  @Test
  void oneNodeAnswersWhateverHappens() {
    int seeds = SEEDS * Integer.getInteger("gitlb.random.rounds", 1);
    for (long seed = 1; seed <= seeds; seed++) {
      new Rounds(seed).run(ROUNDS);
    }
  }
}
