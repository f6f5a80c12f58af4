// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.check.Gaps;
import io.gitlb.schema.check.Nearest;
import io.gitlb.schema.check.SourceMap;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.yaml.YamlTree.Scalar;
import io.gitlb.schema.yaml.YamlTree.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads file after file and gathers what they define.
final class Reading {

  private final List<Definition> definitions = new ArrayList<>();
  private final SourceMap.Builder places = new SourceMap.Builder();
  // kind → names of definitions that could not be read
  private final SortedMap<String, SortedSet<String>> broken = new TreeMap<>();
  private final TreeSet<String> brokenFiles = new TreeSet<>();

  Definitions definitions() {
    return Definitions.of(definitions);
  }

  SourceMap places() {
    return places.build();
  }

  Gaps gaps() {
    return new Gaps(broken, brokenFiles);
  }

  /// Gives the problems of the file.
  List<Problem> read(ConfigFile file) {
    YamlDocuments yaml = YamlDocuments.read(file);
    ProblemList problems = new ProblemList(file.path());
    if (!yaml.problems().isEmpty()) {
      brokenFiles.add(file.path());
    }
    yaml.documents().forEach(tree -> readDocument(file.path(), tree, problems));
    List<Problem> all = new ArrayList<>(yaml.problems());
    all.addAll(problems.toList());
    return all;
  }

  private void readDocument(String file, YamlTree tree, ProblemList problems) {
    if (!(tree instanceof YamlTree.Mapping mapping)) {
      problems.add(
          tree.place(),
          ProblemCode.NOT_A_DOCUMENT,
          "the document is %s, it must be a mapping with apiVersion, kind, metadata and spec"
              .formatted(Shown.typeOf(tree)));
      brokenFiles.add(file);
      return;
    }
    if (says(mapping, "apiVersion", "v1") && says(mapping, "kind", "List")) {
      // What kubectl prints of several objects.
      mapping.get("items").stream()
          .flatMap(
              items -> items instanceof Sequence list ? list.items().stream() : Stream.of(items))
          .forEach(item -> readDocument(file, item, problems));
      return;
    }
    Fields header =
        new Fields("", mapping, new Context("the document", tree.place(), problems, places));
    Optional<ApiVersion> version = header.required("apiVersion", Reading::apiVersion);
    Optional<Kind> kind =
        version.flatMap(known -> header.required("kind", value -> kind(value, known)));
    if (kind.isEmpty()) {
      brokenFiles.add(file);
      return;
    }
    Document document = Document.of(kind.get(), version.orElseThrow(), mapping, problems, places);
    kind.get()
        .read(document)
        .ifPresentOrElse(definitions::add, () -> addGap(kind.get(), document.name(), file));
  }

  private static boolean says(YamlTree.Mapping mapping, String field, String text) {
    return mapping
        .get(field)
        .filter(value -> value instanceof Scalar scalar && scalar.text().equals(text))
        .isPresent();
  }

  private static Optional<ApiVersion> apiVersion(Value value) {
    List<String> allowed = Arrays.stream(ApiVersion.values()).map(ApiVersion::toString).toList();
    return value
        .text()
        .flatMap(
            text ->
                ApiVersion.of(text)
                    .or(
                        () ->
                            value.problem(
                                ProblemCode.UNKNOWN_API_VERSION,
                                "apiVersion %s is not read%s; allowed: %s; move what is for others out of"
                                        .formatted(
                                            Shown.quoted(text),
                                            Nearest.question(text, allowed),
                                            String.join(", ", allowed))
                                    + " the configuration path, or name the file in .gitlbignore")));
  }

  private static Optional<Kind> kind(Value value, ApiVersion version) {
    return value
        .text()
        .flatMap(text -> Kind.of(text).or(() -> unknownKind(value, text)))
        .flatMap(
            kind ->
                kind.isIn(version)
                    ? Optional.of(kind)
                    : value.problem(
                        ProblemCode.UNKNOWN_API_VERSION,
                        "%s is not read in apiVersion %s; allowed: %s"
                            .formatted(kind, version, kind.versionsInWords())));
  }

  private static Optional<Kind> unknownKind(Value value, String text) {
    List<String> kinds = Arrays.stream(Kind.values()).map(Kind::toString).toList();
    return value.problem(
        ProblemCode.UNKNOWN_KIND,
        "unknown kind %s%s; allowed: %s"
            .formatted(
                Shown.quoted(text),
                Nearest.question(text, kinds),
                kinds.stream().sorted().collect(Collectors.joining(", "))));
  }

  private void addGap(Kind kind, String name, String file) {
    if (name.isEmpty()) {
      brokenFiles.add(file);
    } else {
      broken.computeIfAbsent(kind.toString(), _ -> new TreeSet<>()).add(name);
    }
  }
}
