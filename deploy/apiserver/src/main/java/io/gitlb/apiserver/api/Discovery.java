// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKind.Trait;
import io.gitlb.apiserver.resource.ResourceKinds;
import io.gitlb.apiserver.resource.ServerVersion;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What clients ask before anything else: which groups, versions and kinds there are.
final class Discovery {
  private final ServerVersion version;
  private final List<ResourceKind> kinds;

  Discovery(ServerVersion version) {
    this.version = version;
    this.kinds = ResourceKinds.all().stream().filter(version::serves).toList();
  }

  /// The document at a path; empty when it is no path of discovery.
  Optional<ObjectNode> at(String path) {
    return switch (path) {
      case "/api" -> Optional.of(coreVersions());
      case "/apis" -> Optional.of(groups());
      case "/version" -> Optional.of(version());
      default -> inGroup(path);
    };
  }

  private ObjectNode version() {
    return JsonTree.object()
        .put("major", "1")
        .put("minor", Integer.toString(version.minor()))
        .put("gitVersion", "v1." + version.minor() + ".0-gitlb")
        .put("gitCommit", "")
        .put("gitTreeState", "clean")
        .put("buildDate", "2026-01-01T00:00:00Z")
        .put("goVersion", "none")
        .put("compiler", "javac")
        .put("platform", "linux/amd64");
  }

  private static ObjectNode coreVersions() {
    ObjectNode versions = JsonTree.object().put("kind", "APIVersions");
    versions.putArray("versions").add("v1");
    versions.putArray("serverAddressByClientCIDRs");
    return versions;
  }

  private List<String> groupNames() {
    TreeSet<String> names = new TreeSet<>();
    kinds.forEach(kind -> names.add(kind.group()));
    names.remove("");
    return List.copyOf(names);
  }

  private ObjectNode groups() {
    ObjectNode list = JsonTree.object().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode groups = list.putArray("groups");
    groupNames().forEach(name -> groups.add(group(name)));
    return list;
  }

  private static ObjectNode group(String name) {
    ObjectNode version = JsonTree.object().put("groupVersion", name + "/v1").put("version", "v1");
    ObjectNode group = JsonTree.object().put("name", name);
    group.putArray("versions").add(version);
    group.set("preferredVersion", version.deepCopy());
    return group;
  }

  private Optional<ObjectNode> inGroup(String path) {
    if (path.equals("/api/v1")) {
      return Optional.of(resources("", "v1"));
    }
    for (String name : groupNames()) {
      if (path.equals("/apis/" + name)) {
        return Optional.of(group(name).put("kind", "APIGroup").put("apiVersion", "v1"));
      }
      if (path.equals("/apis/" + name + "/v1")) {
        return Optional.of(resources(name, name + "/v1"));
      }
    }
    return Optional.empty();
  }

  private ObjectNode resources(String group, String groupVersion) {
    ObjectNode list = JsonTree.object().put("kind", "APIResourceList");
    list.put("apiVersion", "v1").put("groupVersion", groupVersion);
    ArrayNode resources = list.putArray("resources");
    for (ResourceKind kind : kinds) {
      if (!kind.group().equals(group)) {
        continue;
      }
      ObjectNode entry = entry(kind, kind.plural());
      entry.put("singularName", kind.singular());
      JsonTree.putTexts(
          entry,
          "verbs",
          List.of(
              "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"));
      JsonTree.putTexts(entry, "shortNames", kind.shortNames());
      resources.add(entry);
      if (kind.has(Trait.STATUS)) {
        ObjectNode status = entry(kind, kind.plural() + "/status");
        JsonTree.putTexts(status, "verbs", List.of("get", "patch", "update"));
        resources.add(status.put("singularName", ""));
      }
    }
    return list;
  }

  private static ObjectNode entry(ResourceKind kind, String name) {
    return JsonTree.object()
        .put("name", name)
        .put("namespaced", kind.isNamespaced())
        .put("kind", kind.kind());
  }
}
