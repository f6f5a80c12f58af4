// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.value.PoolName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Why something was not given.
///
/// @param message for people, one line: what was asked, what stands in the way
/// @param pools pool → why it did not serve; empty when no pool was tried
public record Refusal(Reason reason, String message, SortedMap<PoolName, Reason> pools) {

  /// An Event's message has at most 1,024 bytes, and a Service may ask for anything at any length.
  private static final int LONGEST_MESSAGE = 800;

  public Refusal {
    message = message.length() > LONGEST_MESSAGE ? cut(message) : message;
    pools = Collections.unmodifiableSortedMap(new TreeMap<>(pools));
  }

  /// A reason that is no pool's.
  public static Refusal of(Reason reason, String message) {
    return new Refusal(reason, message, Collections.emptySortedMap());
  }

  /// This, and that nothing else could be had either.
  Refusal and(Refusal other) {
    return new Refusal(reason, message + "; " + other.message, other.pools);
  }

  private static String cut(String message) {
    return message.substring(0, LONGEST_MESSAGE) + "…";
  }
}
