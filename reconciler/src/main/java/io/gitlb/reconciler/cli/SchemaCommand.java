// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import io.gitlb.schema.check.Nearest;
import io.gitlb.schema.yaml.JsonSchema;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `gitlb schema`.
@Command(
    name = "schema",
    description = {
      "Prints the JSON Schemas (draft-07) of the documents, or writes them for editors and checks.",
      "Without a kind it lists what there is.",
      "For an editor: gitlb schema --bundle --output .schemas, and in a document the comment",
      "  # yaml-language-server: $schema=../../.schemas/gitlb.json",
      "For kubeconform: gitlb schema --output DIR, and",
      "  -schema-location 'DIR/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json'"
    })
public final class SchemaCommand implements Callable<Integer> {

  /// How the list is printed.
  enum Form {
    TEXT,
    JSON
  }

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "KIND",
      description =
          "such as BGPPeer, in its newest apiVersion, or metallb.io/v1beta2/BGPPeer; several are printed one after another")
  private List<String> kinds = List.of();

  @Option(
      names = "--bundle",
      description = "the one file that describes every kind and picks by apiVersion and kind")
  private boolean bundle;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "write files into this folder instead; without a kind and --bundle all of them")
  private @Nullable Path output;

  @Option(
      names = "-o",
      paramLabel = "FORM",
      defaultValue = "text",
      description = "of the list: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Form form = Form.TEXT;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec().commandLine().getOut();
    Map<String, String> asked = asked();
    if (output != null) {
      write(output, asked.isEmpty() ? everything() : asked, out);
    } else if (asked.isEmpty()) {
      list(out);
    } else {
      asked.values().forEach(out::print);
    }
    out.flush();
    return 0;
  }

  /// file → text, in the order in which they were asked for.
  private Map<String, String> asked() {
    Map<String, String> files = new LinkedHashMap<>();
    if (bundle) {
      files.put(JsonSchema.BUNDLE, JsonSchema.bundle());
    }
    for (String kind : kinds) {
      JsonSchema schema = named(kind);
      files.put(schema.file(), schema.text());
    }
    return files;
  }

  private static Map<String, String> everything() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(JsonSchema.BUNDLE, JsonSchema.bundle());
    JsonSchema.all().forEach(schema -> files.put(schema.file(), schema.text()));
    return files;
  }

  private JsonSchema named(String text) {
    int slash = text.lastIndexOf('/');
    String kind = text.substring(slash + 1);
    Optional<JsonSchema> found =
        JsonSchema.all().stream()
            .filter(schema -> schema.kind().equalsIgnoreCase(kind))
            .filter(schema -> slash < 0 || schema.apiVersion().equals(text.substring(0, slash)))
            .findFirst();
    return found.orElseThrow(() -> unknown(text));
  }

  private ParameterException unknown(String text) {
    List<String> known =
        text.contains("/")
            ? JsonSchema.all().stream().map(SchemaCommand::fullName).toList()
            : JsonSchema.all().stream().map(JsonSchema::kind).distinct().toList();
    return new ParameterException(
        spec().commandLine(),
        "there is no schema of '%s'%s; there are: %s"
            .formatted(text, Nearest.question(text, known), String.join(", ", known)));
  }

  private static String fullName(JsonSchema schema) {
    return schema.apiVersion() + "/" + schema.kind();
  }

  private static void write(Path folder, Map<String, String> files, PrintWriter out)
      throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
      out.println(path);
    }
  }

  private void list(PrintWriter out) {
    switch (form) {
      case TEXT ->
          JsonSchema.all()
              .forEach(
                  schema ->
                      out.printf(
                          "%-18s %-20s %s%n", schema.kind(), schema.apiVersion(), schema.file()));
      case JSON ->
          out.println(
              JsonSchema.all().stream()
                  .map(SchemaCommand::json)
                  .collect(Collectors.joining(",\n  ", "[\n  ", "\n]")));
    }
  }

  /// Kinds, versions and files are words without anything to escape.
  private static String json(JsonSchema schema) {
    return "{\"kind\": \"%s\", \"apiVersion\": \"%s\", \"file\": \"%s\"}"
        .formatted(schema.kind(), schema.apiVersion(), schema.file());
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "set by picocli");
  }
}
