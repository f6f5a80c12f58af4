// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import org.junit.jupiter.api.Test;

/// Many seeds of random trouble; the seed is in the failure.
final class OwnershipRoundsTest {

  private static final int SEEDS = 20;
  private static final int MOST_SEEDS = 4_000;
  // One seed in so many has a world in which not everybody watches everybody.
  private static final int LARGE_EVERY = 5;

  @Test
  void oneNodeAnswersWhateverHappens() {
    int seeds = Math.min(MOST_SEEDS, SEEDS * Integer.getInteger("gitlb.random.rounds", 1));
    long first = Long.getLong("gitlb.first.seed", 1);
    for (long seed = first; seed < first + seeds; seed++) {
      boolean large = seed % LARGE_EVERY == 0;
      new Rounds(seed, large ? 20 : 5).run(large ? 8 : 30);
    }
  }
}
