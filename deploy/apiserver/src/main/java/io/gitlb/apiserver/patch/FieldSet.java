// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.patch;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ListType;
import io.gitlb.apiserver.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A set of places in an object, as `fieldsV1` of managed fields writes it. A place is a list of
/// steps: `f:name` into a field, `k:{"type":"Ready"}` to the element of a keyed list, `v:"x"` to a
/// value of a set. Only places that are owned as such are in the set: leaves, atomic lists and
/// maps, and the elements of keyed lists themselves.
///
/// @param places sorted, each a list of steps
public record FieldSet(NavigableSet<List<String>> places) {
  private static final Comparator<List<String>> ORDER =
      (left, right) -> {
        int shared = Math.min(left.size(), right.size());
        for (int i = 0; i < shared; i++) {
          int compared = left.get(i).compareTo(right.get(i));
          if (compared != 0) {
            return compared;
          }
        }
        return Integer.compare(left.size(), right.size());
      };

  /// The place itself, beside places below it.
  private static final String SELF = ".";

  public FieldSet {
    NavigableSet<List<String>> copy = new TreeSet<>(ORDER);
    copy.addAll(places);
    places = Collections.unmodifiableNavigableSet(copy);
  }

  static final FieldSet EMPTY = new FieldSet(new TreeSet<>(ORDER));

  boolean isEmpty() {
    return places.isEmpty();
  }

  boolean contains(List<String> place) {
    return places.contains(place);
  }

  FieldSet plus(FieldSet other) {
    NavigableSet<List<String>> all = new TreeSet<>(places);
    all.addAll(other.places);
    return new FieldSet(all);
  }

  FieldSet minus(FieldSet other) {
    return where(place -> !other.contains(place));
  }

  FieldSet and(FieldSet other) {
    return where(other::contains);
  }

  FieldSet where(Predicate<List<String>> wanted) {
    NavigableSet<List<String>> some = new TreeSet<>(ORDER);
    places.stream().filter(wanted).forEach(some::add);
    return new FieldSet(some);
  }

  /// Whether a place below this one is in the set.
  boolean hasBelow(List<String> place) {
    return places.stream()
        .anyMatch(
            other -> other.size() > place.size() && other.subList(0, place.size()).equals(place));
  }

  /// All places that an object fills.
  static FieldSet of(ResourceKind kind, JsonNode object) {
    NavigableSet<List<String>> places = new TreeSet<>(ORDER);
    collect(kind, object, List.of(), "", places);
    return new FieldSet(places);
  }

  private static void collect(
      ResourceKind kind,
      JsonNode node,
      List<String> place,
      String path,
      NavigableSet<List<String>> places) {
    Optional<ListType> type = kind.listType(path);
    if (node instanceof ObjectNode object && !object.isEmpty() && type.isEmpty()) {
      object.forEachEntry(
          (name, value) ->
              collect(
                  kind,
                  value,
                  step(place, "f:" + name),
                  path.isEmpty() ? name : path + "." + name,
                  places));
    } else if (node instanceof ArrayNode list && type.isPresent()) {
      collectElements(kind, list, type.get(), place, path, places);
    } else if (!place.isEmpty()) {
      places.add(place);
    }
  }

  private static void collectElements(
      ResourceKind kind,
      ArrayNode list,
      ListType type,
      List<String> place,
      String path,
      NavigableSet<List<String>> places) {
    for (JsonNode element : list) {
      List<String> at = step(place, elementStep(type, element));
      places.add(at);
      if (type instanceof ListType.Keyed) {
        element.forEachEntry(
            (name, value) ->
                collect(kind, value, step(at, "f:" + name), path + "[]." + name, places));
      }
    }
  }

  static List<String> step(List<String> place, String next) {
    List<String> longer = new ArrayList<>(place);
    longer.add(next);
    return List.copyOf(longer);
  }

  /// How an element of a list is named in a place.
  static String elementStep(ListType type, JsonNode element) {
    return switch (type) {
      case ListType.Keyed keyed -> {
        ObjectNode key = JsonTree.object();
        keyed.applyKeys().stream()
            .filter(element::has)
            .forEach(name -> key.set(name, element.path(name)));
        yield "k:" + key;
      }
      case ListType.SetOfValues _ -> "v:" + element;
      case ListType.AtomicMap _ -> SELF;
    };
  }

  /// As `fieldsV1` writes it.
  ObjectNode toJson() {
    ObjectNode root = JsonTree.object();
    for (List<String> place : places) {
      ObjectNode node = root;
      for (String step : place) {
        node = JsonTree.child(node, step);
      }
    }
    for (List<String> place : places) {
      if (hasBelow(place)) {
        ObjectNode node = root;
        for (String step : place) {
          node = JsonTree.child(node, step);
        }
        node.putObject(SELF);
      }
    }
    return root;
  }

  /// Reads `fieldsV1`.
  static FieldSet fromJson(JsonNode fields) {
    NavigableSet<List<String>> places = new TreeSet<>(ORDER);
    read(fields, List.of(), places);
    return new FieldSet(places);
  }

  private static void read(JsonNode node, List<String> place, NavigableSet<List<String>> places) {
    if ((node.isEmpty() || node.has(SELF)) && !place.isEmpty()) {
      places.add(place);
    }
    node.forEachEntry(
        (name, below) -> {
          if (!name.equals(SELF)) {
            read(below, step(place, name), places);
          }
        });
  }

  /// A place as messages name it: `.status.conditions[type="Ready"].status`.
  static String describe(List<String> place) {
    StringBuilder text = new StringBuilder();
    for (String step : place) {
      if (step.startsWith("f:")) {
        text.append('.').append(step.substring(2));
      } else if (step.startsWith("k:")) {
        String inner = step.substring(3, step.length() - 1);
        text.append('[').append(inner.replaceAll("\"([^\"]+)\":", "$1=")).append(']');
      } else {
        text.append('[').append(step.substring(2)).append(']');
      }
    }
    return text.toString();
  }
}
