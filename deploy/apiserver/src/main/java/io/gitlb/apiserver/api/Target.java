// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.ObjectKey;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKinds;
import java.util.List;
import java.util.Optional;

/// What a path of the API names.
///
/// @param namespace empty for all namespaces, and for kinds without
/// @param name empty for the collection
/// @param subresource empty for the main resource
record Target(ResourceKind kind, String namespace, String name, String subresource) {

  /// The target of `/api/v1/…` or `/apis/GROUP/VERSION/…`; empty when nothing is served there.
  static Optional<Target> of(String path) {
    List<String> parts = List.of(path.substring(1).split("/"));
    if (parts.size() >= 3 && parts.getFirst().equals("api")) {
      return inGroup("", parts.get(1), parts.subList(2, parts.size()));
    }
    if (parts.size() >= 4 && parts.getFirst().equals("apis")) {
      return inGroup(parts.get(1), parts.get(2), parts.subList(3, parts.size()));
    }
    return Optional.empty();
  }

  private static Optional<Target> inGroup(String group, String version, List<String> rest) {
    boolean inNamespace =
        rest.size() >= 3
            && rest.getFirst().equals("namespaces")
            && ResourceKinds.find(group, version, rest.get(2))
                .filter(ResourceKind::isNamespaced)
                .isPresent();
    String namespace = inNamespace ? rest.get(1) : "";
    List<String> own = inNamespace ? rest.subList(2, rest.size()) : rest;
    if (own.size() > 3) {
      return Optional.empty();
    }
    String name = own.size() > 1 ? own.get(1) : "";
    String subresource = own.size() > 2 ? own.get(2) : "";
    return ResourceKinds.find(group, version, own.getFirst())
        .filter(kind -> subresource.isEmpty() || hasSubresource(kind, subresource))
        .filter(kind -> name.isEmpty() || kind.isNamespaced() == inNamespace)
        .map(kind -> new Target(kind, namespace, name, subresource));
  }

  private static boolean hasSubresource(ResourceKind kind, String subresource) {
    return subresource.equals("status") && kind.has(ResourceKind.Trait.STATUS);
  }

  ObjectKey key() {
    return new ObjectKey(namespace, name);
  }

  /// `services`, `services/status`: as RBAC rules and the counters name it.
  String resource() {
    return subresource.isEmpty() ? kind.plural() : kind.plural() + "/" + subresource;
  }
}
