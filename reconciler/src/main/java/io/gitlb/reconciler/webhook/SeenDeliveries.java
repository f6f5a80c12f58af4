// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.webhook;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/// The marks of the last deliveries, so that one that is recorded and sent again does nothing.
/// Whoever repeats an older one causes a poll, and polls have a limit of their own.
final class SeenDeliveries {

  /// Of some 100 characters each: about 1 MiB.
  static final int MOST = 4_096;

  private final Set<String> marks = new LinkedHashSet<>();

  /// @return whether it is new
  synchronized boolean add(String mark) {
    if (!marks.add(mark)) {
      return false;
    }
    if (marks.size() > MOST) {
      Iterator<String> oldest = marks.iterator();
      oldest.next();
      oldest.remove();
    }
    return true;
  }
}
