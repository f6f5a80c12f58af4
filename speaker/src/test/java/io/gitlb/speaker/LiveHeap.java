// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/// What a collection leaves of the heap. [Runtime#freeMemory] does not tell it: as soon as a thread
/// allocates one object it is given room for many, of 0.8 MB in a small process, and all of that
/// counts as used.
public final class LiveHeap {

  private LiveHeap() {}

  /// What was in use at the end of a collection that this makes, in octets.
  public static long octets() {
    for (int i = 0; i < 3; i++) {
      System.gc(); // What is freed by a cleaner goes with the second.
    }
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getCollectionUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
