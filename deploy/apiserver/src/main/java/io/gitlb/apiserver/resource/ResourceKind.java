// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// One kind of object and how the API treats it; a line of the table in [ResourceKinds].
///
/// @param group API group, empty for the core
/// @param version version of the group
/// @param plural name in paths
/// @param kind name in documents
/// @param shortNames what kubectl also takes
/// @param traits how this kind differs from others
/// @param selectableFields field selector → where its value is, beside `metadata.name` and
///   `metadata.namespace`, which all kinds have
/// @param lists dotted path → how elements are told apart
public record ResourceKind(
    String group,
    String version,
    String plural,
    String kind,
    List<String> shortNames,
    Set<Trait> traits,
    SortedMap<String, SelectableField> selectableFields,
    SortedMap<String, ListType> lists) {

  public ResourceKind {
    shortNames = List.copyOf(shortNames);
    traits = Set.copyOf(traits);
    selectableFields = Collections.unmodifiableSortedMap(new TreeMap<>(selectableFields));
    lists = Collections.unmodifiableSortedMap(new TreeMap<>(lists));
  }

  /// How a kind differs from others.
  public enum Trait {
    /// Objects are in namespaces.
    NAMESPACED,
    /// There is a `/status` sub-resource; the main resource leaves the status alone.
    STATUS,
    /// The status of a new object is kept (nodes), not dropped.
    STATUS_ON_CREATE,
    /// A PUT to a name that does not exist creates it.
    CREATE_ON_PUT,
    /// A PUT must name the version that it replaces (leases).
    VERSION_ON_PUT,
    /// `metadata.generation` counts the changes of what is desired. Services and nodes have none on
    /// a real server either.
    GENERATION,
    /// `metadata.managedFields` is kept.
    FIELD_OWNERS,
    /// Names follow RFC 1035 (a letter first).
    RFC_1035_NAME,
    /// A DELETE answers with the object, not with a `Status`.
    DELETE_RETURNS_OBJECT
  }

  /// Where the value of a field selector is.
  ///
  /// @param path field names from the root
  /// @param ifAbsent what an absent field counts as
  public record SelectableField(List<String> path, String ifAbsent) {
    public SelectableField {
      path = List.copyOf(path);
    }
  }

  public boolean has(Trait trait) {
    return traits.contains(trait);
  }

  public boolean isNamespaced() {
    return has(Trait.NAMESPACED);
  }

  /// `apiVersion` of documents.
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /// `services`, or `leases.coordination.k8s.io`, as messages name it.
  public String qualifiedPlural() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  public String singular() {
    return kind.toLowerCase(java.util.Locale.ROOT);
  }

  /// How the list or map at a path is told apart, if the table says.
  public Optional<ListType> listType(String dottedPath) {
    return Optional.ofNullable(lists.get(dottedPath));
  }

  /// This kind under another group, version and spelling of its fields.
  ResourceKind inGroup(String otherGroup, Map<String, SelectableField> otherFields) {
    return new ResourceKind(
        otherGroup, version, plural, kind, shortNames, traits, new TreeMap<>(otherFields), lists);
  }
}
