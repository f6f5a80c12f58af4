// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.store;

import java.util.List;

/// All objects of a kind (in a namespace, when asked so) as they were at one version, in the order
/// of their keys.
public record Snapshot(long version, List<StoredObject> objects) {
  public Snapshot {
    objects = List.copyOf(objects);
  }
}
