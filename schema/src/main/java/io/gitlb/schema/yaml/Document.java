// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.check.SourceMap;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// One document whose kind is known.
///
/// @param name `metadata.name`; empty when it has a problem
/// @param labels label key → value, from `metadata.labels`
/// @param foundBefore problems of the file before this document
record Document(
    ApiVersion version,
    String name,
    SortedMap<String, String> labels,
    Fields spec,
    Context context,
    int foundBefore) {

  /// What the API server adds to `metadata`, and what means nothing here.
  private static final List<String> IGNORED_METADATA =
      List.of(
          "namespace",
          "annotations",
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "finalizers",
          "generateName",
          "generation",
          "managedFields",
          "ownerReferences",
          "resourceVersion",
          "selfLink",
          "uid");

  Document {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /// Reads all but `spec`.
  static Document of(
      Kind kind,
      ApiVersion version,
      YamlTree.Mapping tree,
      ProblemList problems,
      SourceMap.Builder places) {
    int before = problems.found();
    Context context = context(kind, tree, problems, places);
    Fields root = new Fields("", tree, context);
    root.ignore(List.of("apiVersion", "kind", "status"));
    Fields metadata = root.mapping("metadata");
    Optional<String> name = metadata.required("name", Names::objectName);
    SortedMap<String, String> labels =
        metadata.optional("labels", Names::labels).orElse(Collections.emptySortedMap());
    metadata.ignore(IGNORED_METADATA);
    metadata.refuseOthers();
    // A document without a spec is right where no field of it is required.
    Fields spec = root.mapping("spec");
    root.refuseOthers();
    return new Document(version, name.orElse(""), labels, spec, context, before);
  }

  private static Context context(
      Kind kind, YamlTree.Mapping tree, ProblemList problems, SourceMap.Builder places) {
    Optional<YamlTree> name = tree.mapping("metadata").flatMap(metadata -> metadata.get("name"));
    String shown =
        name.map(value -> value instanceof YamlTree.Scalar scalar ? scalar.text() : "")
            .map(text -> " " + Shown.line(text))
            .orElse("");
    SourcePlace definition = name.map(YamlTree::place).orElse(tree.place());
    return new Context(kind + shown, definition, problems, places);
  }

  /// Notes that a field of `spec` has a value that does not fit the rest.
  ///
  /// @param why goes on after the field and the document
  void refuse(String field, String why) {
    note(ProblemCode.WRONG_VALUE, field, why);
  }

  /// Notes a problem with a field of `spec`, at its key.
  ///
  /// @param why goes on after the field and the document
  void note(ProblemCode code, String field, String why) {
    context
        .problems()
        .add(
            spec.keyPlace(field),
            code,
            "%s of %s %s".formatted(spec.pathOf(field), context.document(), why));
  }

  /// Ends the reading of `spec`: the definition, unless the document had a problem.
  <D> Optional<D> define(Supplier<D> definition) {
    spec.refuseOthers();
    return context.problems().found() == foundBefore
        ? Optional.of(definition.get())
        : Optional.empty();
  }
}
