// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.util.Optional;

/// A Service by namespace and name.
///
/// @param namespace not empty
/// @param name not empty
public record ServiceRef(String namespace, String name) implements Comparable<ServiceRef> {

  public ServiceRef {
    if (namespace.isEmpty() || name.isEmpty()) {
      throw new IllegalArgumentException("a Service has a namespace and a name");
    }
  }

  /// Reads `namespace/name`; empty for anything else.
  public static Optional<ServiceRef> parse(String text) {
    int slash = text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
      return Optional.empty();
    }
    return Optional.of(new ServiceRef(text.substring(0, slash), text.substring(slash + 1)));
  }

  @Override
  public int compareTo(ServiceRef other) {
    // Most comparisons are within a namespace; equal texts are often one object.
    return namespace.equals(other.namespace)
        ? name.compareTo(other.name)
        : namespace.compareTo(other.namespace);
  }

  /// `namespace/name`.
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
