// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.store;

import java.util.Optional;

/// One entry of the history.
///
/// @param type what happened
/// @param object the object afterwards; of a deleted one its last state under the deletion's
///   version
/// @param previous the object before; empty when it was added
public record Change(Type type, StoredObject object, Optional<StoredObject> previous) {

  /// As a watch spells it.
  public enum Type {
    ADDED,
    MODIFIED,
    DELETED
  }

  public long version() {
    return object.version();
  }
}
