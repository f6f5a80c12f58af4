// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import java.util.Optional;

/// Turns one value into something better than text.
@FunctionalInterface
interface ValueReader<T> {

  /// Empty when a problem was noted.
  Optional<T> read(Value value);
}
