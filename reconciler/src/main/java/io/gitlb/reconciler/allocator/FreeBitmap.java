// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.allocator;

import java.util.Arrays;

/// Which of a fixed number of places are free, with summaries above: a bit of a level says whether
/// the 64 bits below it have a free place. Finding the lowest free place takes one step a level
/// (three for 65,536 places) however many are taken.
final class FreeBitmap {

  private static final int WORD_BITS = Long.SIZE;

  /// levels[0] has one bit a place; each further level one bit a word of the level below; the last
  /// level is one word.
  private final long[][] levels;

  private int free;

  /// All places free.
  ///
  /// @param size at least 1
  FreeBitmap(int size) {
    int depth = 1;
    for (long words = words(size); words > 1; words = words(words)) {
      depth++;
    }
    levels = new long[depth][];
    long bits = size;
    for (int level = 0; level < depth; level++) {
      levels[level] = ones((int) bits);
      bits = words(bits);
    }
    free = size;
  }

  private static long words(long bits) {
    return (bits + WORD_BITS - 1) / WORD_BITS;
  }

  private static long[] ones(int bits) {
    long[] words = new long[(int) words(bits)];
    Arrays.fill(words, -1L);
    int rest = bits % WORD_BITS;
    if (rest != 0) {
      words[words.length - 1] = (1L << rest) - 1;
    }
    return words;
  }

  boolean isFree(int place) {
    return (levels[0][place / WORD_BITS] >>> (place % WORD_BITS) & 1) == 1;
  }

  /// The lowest free place, or -1 when all are taken.
  int lowestFree() {
    if (free == 0) {
      return -1;
    }
    int place = 0;
    for (int level = levels.length - 1; level >= 0; level--) {
      place = place * WORD_BITS + Long.numberOfTrailingZeros(levels[level][place]);
    }
    return place;
  }

  /// Marks a place as taken.
  ///
  /// @return whether it was free
  boolean take(int place) {
    if (!isFree(place)) {
      return false;
    }
    free--;
    int bit = place;
    for (long[] level : levels) {
      int word = bit / WORD_BITS;
      level[word] &= ~(1L << (bit % WORD_BITS));
      if (level[word] != 0) {
        return true;
      }
      bit = word;
    }
    return true;
  }

  /// Marks a place as free.
  ///
  /// @return whether it was taken
  boolean release(int place) {
    if (isFree(place)) {
      return false;
    }
    free++;
    int bit = place;
    for (long[] level : levels) {
      int word = bit / WORD_BITS;
      boolean known = level[word] != 0;
      level[word] |= 1L << (bit % WORD_BITS);
      if (known) {
        return true;
      }
      bit = word;
    }
    return true;
  }
}
