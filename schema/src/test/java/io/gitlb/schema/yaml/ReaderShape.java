// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which fields the reader has, found out by asking it: it is given documents that are wrong at one
/// place, and its complaints say what it wanted there. So no list of fields is written down twice,
/// and none can be forgotten.
final class ReaderShape {

  /// No field has this name, and none is near it.
  private static final String NOBODY = "zzzzzzzzzzzz";

  private static final Pattern WANTED =
      Pattern.compile("(.*) of \\S+(?: x?)? is .*, it must be (.*?)(?:; put .*)?");
  private static final Pattern UNKNOWN =
      Pattern.compile(
          "unknown field \"" + NOBODY + "\" in (?:(.*) of )?\\S+(?: x?)?; allowed: (.*)");
  private static final Pattern MISSING = Pattern.compile("(.*) of \\S+(?: x?)? is missing.*");
  private static final Pattern CHOICE =
      Pattern.compile(".*(?:; allowed: (?<list>.*)|must be (?<either>\\w+ or \\w+))");

  private final JsonSchema id;
  private final Function<String, SortedSet<String>> candidates;
  private final SortedMap<String, String> found = new TreeMap<>();

  private ReaderShape(JsonSchema id, Function<String, SortedSet<String>> candidates) {
    this.id = id;
    this.candidates = candidates;
  }

  /// Path of a field, with `[]` for the items of a list → what may stand there.
  ///
  /// @param candidates path → fields that are asked for beside those that the reader offers: it
  ///   does not offer fields that must stay empty
  static SortedMap<String, String> of(
      JsonSchema id, Function<String, SortedSet<String>> candidates) {
    ReaderShape shape = new ReaderShape(id, candidates);
    shape.look(List.of(), "required");
    return shape.found;
  }

  private void look(List<String> path, String need) {
    ObjectNode probe = SchemaFiles.JSON.createObjectNode().put(NOBODY, 1);
    List<Problem> problems = read(path, probe);
    Optional<SortedSet<String>> fields = offered(path, problems);
    String shape =
        fields.isPresent() ? "mapping" : wanted(path, problems).orElseGet(() -> other(problems));
    if (shape.equals("text")) {
      shape = text(path);
    }
    if (shape.equals("a list")) {
      boolean filled =
          read(path, SchemaFiles.JSON.createArrayNode()).stream()
              .anyMatch(problem -> problem.message().contains("at least one item"));
      shape = filled ? "list with an item" : "list";
      look(with(path, "[]"), "item");
    }
    found.put(String.join(".", path), need + ": " + shape);
    fields.ifPresent(offered -> lookInside(path, offered));
  }

  private void lookInside(List<String> path, SortedSet<String> offered) {
    SortedSet<String> missing = missing(path);
    SortedSet<String> names = new TreeSet<>(offered);
    for (String candidate : candidates.apply(String.join(".", path))) {
      List<Problem> problems = read(path, SchemaFiles.JSON.createObjectNode().put(candidate, 1));
      boolean unknown =
          problems.stream()
              .anyMatch(problem -> problem.message().contains("unknown field \"" + candidate));
      if (!unknown) {
        names.add(candidate);
      }
    }
    if (path.isEmpty()) {
      // What the documents are told apart by; every test of the schemas depends on them.
      names.removeAll(List.of("apiVersion", "kind"));
    }
    names.forEach(name -> look(with(path, name), missing.contains(name) ? "required" : "optional"));
  }

  /// Fields whose absence is a problem, or that have such a field inside.
  private SortedSet<String> missing(List<String> path) {
    SortedSet<String> missing = new TreeSet<>();
    if (path.isEmpty()) {
      // Every document has a name, and so every probe.
      missing.add("metadata");
    }
    String prefix = fieldPath(path).isEmpty() ? "" : fieldPath(path) + ".";
    for (Problem problem : read(path, SchemaFiles.JSON.createObjectNode().put(NOBODY, 1))) {
      Matcher matcher = MISSING.matcher(problem.message());
      if (problem.code() == ProblemCode.MISSING_FIELD && matcher.matches()) {
        String name = matcher.group(1);
        if (name.startsWith(prefix)) {
          missing.add(name.substring(prefix.length()).replaceAll("\\..*", ""));
        }
      }
    }
    return missing;
  }

  private static Optional<SortedSet<String>> offered(List<String> path, List<Problem> problems) {
    for (Problem problem : problems) {
      Matcher matcher = UNKNOWN.matcher(problem.message());
      if (matcher.matches()
          && Optional.ofNullable(matcher.group(1)).orElse("").equals(fieldPath(path))) {
        return Optional.of(new TreeSet<>(Arrays.asList(matcher.group(2).split(", "))));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> wanted(List<String> path, List<Problem> problems) {
    for (Problem problem : problems) {
      Matcher matcher = WANTED.matcher(problem.message());
      if (problem.code() == ProblemCode.WRONG_TYPE && matcher.matches()) {
        String field = matcher.group(1);
        if (field.equals(fieldPath(path))) {
          return Optional.of(matcher.group(2));
        }
        if (field.equals(fieldPath(path) + "." + NOBODY)) {
          return Optional.of("labels");
        }
      }
    }
    return Optional.empty();
  }

  private static String other(List<Problem> problems) {
    for (Problem problem : problems) {
      if (problem.code() == ProblemCode.SECRET_IN_GIT) {
        return "nothing";
      }
    }
    return "anything";
  }

  /// Texts of which there are a few only are listed by the complaint about another one.
  private String text(List<String> path) {
    for (Problem problem : read(path, SchemaFiles.JSON.getNodeFactory().stringNode(NOBODY))) {
      Matcher matcher = CHOICE.matcher(problem.message());
      if (problem.code() == ProblemCode.WRONG_VALUE
          && problem.message().startsWith(fieldPath(path) + " of ")
          && matcher.matches()) {
        return "one of "
            + Stream.of("list", "either")
                .flatMap(group -> Optional.ofNullable(matcher.group(group)).stream())
                .flatMap(words -> Arrays.stream(words.split(", | or ")))
                .sorted()
                .collect(Collectors.joining(" "));
      }
    }
    return "text";
  }

  /// The problems of a document that has this value at this place and little else.
  private List<Problem> read(List<String> path, JsonNode value) {
    ObjectNode document = SchemaFiles.JSON.createObjectNode();
    document.put("apiVersion", id.apiVersion()).put("kind", id.kind());
    document.putObject("metadata").put("name", "x");
    if (path.isEmpty()) {
      ((ObjectNode) value).properties().forEach(e -> document.set(e.getKey(), e.getValue()));
    } else {
      put(document, path, value);
    }
    return new Reading().read(new ConfigFile("a.json", document.toString()));
  }

  private static void put(ObjectNode into, List<String> path, JsonNode value) {
    String name = path.getFirst();
    List<String> rest = path.subList(1, path.size());
    JsonNode inner = value;
    List<String> reversed = rest.reversed();
    if (into.get(name) instanceof ObjectNode there && !rest.isEmpty()) {
      put(there, rest, value);
      return;
    }
    for (String step : reversed) {
      if (step.equals("[]")) {
        ArrayNode list = SchemaFiles.JSON.createArrayNode();
        inner = list.add(inner);
      } else {
        ObjectNode mapping = SchemaFiles.JSON.createObjectNode();
        inner = mapping.set(step, inner);
      }
    }
    into.set(name, inner);
  }

  /// As messages write it: the same for a list and its items.
  private static String fieldPath(List<String> path) {
    return path.stream().filter(step -> !step.equals("[]")).collect(Collectors.joining("."));
  }

  private static List<String> with(List<String> path, String step) {
    List<String> longer = new ArrayList<>(path);
    longer.add(step);
    return List.copyOf(longer);
  }
}
