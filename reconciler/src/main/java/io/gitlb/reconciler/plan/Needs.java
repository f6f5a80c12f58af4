// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Gathers, while a Service is decided on, what would change the decision beside its own change.
final class Needs {

  private final Set<WakeKey> keys = new HashSet<>();
  private Optional<Instant> at = Optional.empty();

  void add(WakeKey key) {
    keys.add(key);
  }

  /// It has what it wants after all.
  void forget() {
    keys.clear();
  }

  /// Time alone changes the decision then.
  void at(Instant time) {
    at = Optional.of(time);
  }

  Set<WakeKey> keys() {
    return keys;
  }

  Optional<Instant> at() {
    return at;
  }
}
