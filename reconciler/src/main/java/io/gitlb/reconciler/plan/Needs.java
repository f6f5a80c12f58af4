// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Gathers, while a Service is decided on, what would change the decision beside its own change.
final class Needs {

  private Set<WakeKey> keys = Set.of();
  private Optional<Instant> at = Optional.empty();

  void add(WakeKey key) {
    if (keys.isEmpty()) {
      keys = new HashSet<>();
    }
    keys.add(key);
  }

  /// It has what it wants after all.
  void forget() {
    keys = Set.of();
  }

  /// Time alone changes the decision then.
  void at(Instant time) {
    at = Optional.of(time);
  }

  boolean isEmpty() {
    return keys.isEmpty() && at.isEmpty();
  }

  Set<WakeKey> keys() {
    return keys;
  }

  Optional<Instant> at() {
    return at;
  }
}
