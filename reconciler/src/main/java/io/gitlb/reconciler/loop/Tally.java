// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.schema.value.SnapshotMap;

/// How many there are of each kind, kept by what comes and goes. The counts are a version of their
/// own at any moment, so that other threads can look.
final class Tally<K extends Comparable<? super K>> {

  private SnapshotMap<K, Integer> counts = SnapshotMap.empty();

  void add(K kind) {
    counts = counts.with(kind, count(kind) + 1);
  }

  void remove(K kind) {
    int left = count(kind) - 1;
    counts = left == 0 ? counts.without(kind) : counts.with(kind, left);
  }

  int count(K kind) {
    return counts.find(kind).orElse(0);
  }

  /// kind → how many; without those of which there is none
  SnapshotMap<K, Integer> counts() {
    return counts;
  }
}
