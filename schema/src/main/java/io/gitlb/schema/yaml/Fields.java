// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.check.Nearest;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.yaml.YamlTree.ScalarKind;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The fields of one mapping. Each method names a field that is allowed; [#refuseOthers] comes last
/// and notes every field that none of them named. A field that is null counts as absent, as in
/// Kubernetes.
final class Fields {

  private final String path;
  private final YamlTree.Mapping mapping;
  private final Context context;
  private final SortedSet<String> allowed = new TreeSet<>();
  private final SortedSet<String> refused = new TreeSet<>();
  // field that the document's apiVersion does not have → the one that has it (1:1)
  private final Map<String, ApiVersion> elsewhere = new HashMap<>();

  /// @param path of the mapping itself; empty for the document
  Fields(String path, YamlTree.Mapping mapping, Context context) {
    this.path = path;
    this.mapping = mapping;
    this.context = context;
  }

  /// Empty when the field is absent or has a problem.
  <T> Optional<T> optional(String name, ValueReader<T> reader) {
    if (elsewhere.containsKey(name)) {
      return Optional.empty();
    }
    allowed.add(name);
    return value(name).flatMap(reader::read);
  }

  /// As [#optional]; empty text and an empty mapping count as absent, as they do in MetalLB.
  <T> Optional<T> filled(String name, ValueReader<T> reader) {
    return isFilled(name) ? optional(name, reader) : optional(name, _ -> Optional.empty());
  }

  /// Whether a field that this version has is there and neither empty text nor an empty mapping.
  boolean isFilled(String name) {
    return !elsewhere.containsKey(name)
        && mapping
            .get(name)
            .filter(tree -> !(tree instanceof YamlTree.Scalar scalar && scalar.text().isEmpty()))
            .filter(tree -> !(tree instanceof YamlTree.Mapping m && m.entries().isEmpty()))
            .isPresent();
  }

  /// False when the field is absent or has a problem.
  boolean isTrue(String name) {
    return optional(name, Value::truthValue).orElse(false);
  }

  /// Whether the field is absent or an empty list.
  boolean isEmptyList(String name) {
    return mapping
        .get(name)
        .map(tree -> tree instanceof YamlTree.Sequence list && list.items().isEmpty())
        .orElse(true);
  }

  /// Empty when the field is absent, which is a problem, or has a problem.
  <T> Optional<T> required(String name, ValueReader<T> reader) {
    if (!has(name)) {
      missing(name);
    }
    return optional(name, reader);
  }

  /// As [#required], where another field may stand for it.
  ///
  /// @param instead that field; nobody is told of one that this version does not have
  <T> Optional<T> requiredOr(String instead, String name, ValueReader<T> reader) {
    if (!has(name)) {
      missing(name, elsewhere.containsKey(instead) ? "" : "; write it, or " + pathOf(instead));
    }
    return optional(name, reader);
  }

  /// A list without duplicates; empty when the field is absent.
  <T> List<T> list(String name, ValueReader<T> reader) {
    allowed.add(name);
    return value(name).map(value -> value.items(reader)).orElse(List.of());
  }

  /// A list without duplicates that must have an item.
  <T> List<T> filledList(String name, ValueReader<T> reader) {
    if (!has(name)) {
      missing(name);
    } else if (mapping.get(name).orElseThrow() instanceof YamlTree.Sequence(var place, var items)
        && items.isEmpty()) {
      context
          .problems()
          .add(
              place,
              ProblemCode.WRONG_VALUE,
              "%s of %s is an empty list; it needs at least one item"
                  .formatted(pathOf(name), context.document()));
    }
    return list(name, reader);
  }

  /// The fields of a mapping; when it is absent or something else the result has no fields.
  Fields mapping(String name) {
    return optional(name, Value::fields)
        .orElseGet(
            () ->
                new Fields(
                    pathOf(name),
                    new YamlTree.Mapping(mapping.place(), new LinkedHashMap<>()),
                    context));
  }

  /// Fields that are allowed and mean nothing to us.
  void ignore(List<String> names) {
    allowed.addAll(names);
  }

  /// A field whose value must not be in Git, and is not shown.
  void refuseSecret(String name, String advice) {
    refused.add(name);
    if (value(name).filter(value -> !isDefault(value.tree())).isPresent()) {
      context
          .problems()
          .add(
              keyPlace(name),
              ProblemCode.SECRET_IN_GIT,
              "%s of %s is a secret in Git; replace it on the other side, since the history keeps"
                      .formatted(pathOf(name), context.document())
                  + " it, and "
                  + advice);
    }
  }

  private static boolean isDefault(YamlTree tree) {
    return switch (tree) {
      case YamlTree.Scalar scalar ->
          scalar.text().isEmpty()
              || (scalar.kind() == ScalarKind.TRUTH_VALUE && scalar.text().equals("false"));
      case YamlTree.Sequence sequence -> sequence.items().isEmpty();
      case YamlTree.Mapping entries -> entries.entries().isEmpty();
    };
  }

  /// Fields that are unknown here and known in another version of the kind; the methods that read
  /// them take them for absent.
  void onlyIn(ApiVersion version, List<String> names) {
    names.forEach(name -> elsewhere.put(name, version));
  }

  /// Notes every field that no other method was asked for.
  void refuseOthers() {
    for (YamlTree.Entry entry : mapping.entries().values()) {
      if (!allowed.contains(entry.key()) && !refused.contains(entry.key())) {
        context.problems().add(entry.keyPlace(), ProblemCode.UNKNOWN_FIELD, unknown(entry.key()));
      }
    }
  }

  private String unknown(String key) {
    String where = path.isEmpty() ? context.document() : path + " of " + context.document();
    ApiVersion version = elsewhere.get(key);
    if (version != null) {
      return "unknown field %s in %s: it needs apiVersion: %s"
          .formatted(Shown.quoted(key), where, version);
    }
    return "unknown field %s%s in %s; allowed: %s"
        .formatted(
            Shown.quoted(key), Nearest.question(key, allowed), where, String.join(", ", allowed));
  }

  boolean has(String name) {
    return mapping.get(name).isPresent();
  }

  SourcePlace place() {
    return mapping.place();
  }

  /// Where the key of a field stands that is there, else the mapping.
  SourcePlace keyPlace(String name) {
    return mapping.entry(name).map(YamlTree.Entry::keyPlace).orElse(mapping.place());
  }

  String pathOf(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private Optional<Value> value(String name) {
    return mapping.get(name).map(tree -> new Value(pathOf(name), tree, context));
  }

  private void missing(String name) {
    missing(name, "");
  }

  private void missing(String name, String advice) {
    context
        .problems()
        .add(
            mapping.place(),
            ProblemCode.MISSING_FIELD,
            "%s of %s is missing%s".formatted(pathOf(name), context.document(), advice));
  }
}
