// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

/// Cuts work on many addresses into short pieces, for somebody who has to know that it goes on.
final class Slices {

  /// So many addresses take a few milliseconds.
  private static final int SIZE = 128;

  private final Runnable between;
  private int steps;

  /// @param between done before every piece
  Slices(Runnable between) {
    this.between = between;
  }

  /// Work on one address begins.
  void step() {
    if (steps++ % SIZE == 0) {
      between.run();
    }
  }
}
