// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

import java.util.Comparator;

/// Where an object is among those of its kind. Ordered as the API lists them: by namespace, then by
/// name.
///
/// @param namespace empty for kinds without namespaces
public record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {
  private static final Comparator<ObjectKey> ORDER =
      Comparator.comparing(ObjectKey::namespace).thenComparing(ObjectKey::name);

  @Override
  public int compareTo(ObjectKey other) {
    return ORDER.compare(this, other);
  }
}
