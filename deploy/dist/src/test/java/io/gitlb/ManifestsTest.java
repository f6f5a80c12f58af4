// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import io.gitlb.schema.yaml.YamlTree.Mapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// The manifests against the program that they start.
class ManifestsTest {

  private static final Path DEPLOY = Path.of("..").toAbsolutePath().normalize();
  private static final Path KUSTOMIZE = DEPLOY.resolve("kustomize");

  @Test
  void everyManifestIsAKubernetesObjectWithAName() {
    for (Mapping document : documents()) {
      for (String field : List.of("apiVersion", "kind")) {
        assertTrue(document.text(field).isPresent(), () -> field + " of " + document.place());
      }
      assertTrue(
          document.mapping("metadata").flatMap(metadata -> metadata.text("name")).isPresent(),
          () -> "name of " + document.place());
    }
  }

  @Test
  void kustomizationNamesEveryFileOfItsFolder() throws IOException {
    Set<String> named = new TreeSet<>(texts(kustomization().items("resources")));
    try (Stream<Path> files = Files.list(KUSTOMIZE)) {
      Set<String> there =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.equals("kustomization.yaml"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(there, named);
    }
  }

  @Test
  void argoCdApplicationPointsAtTheKustomizeFolder() {
    Mapping application = read(DEPLOY.resolve("argocd/application.yaml")).getFirst();
    assertEquals(
        "deploy/kustomize",
        application
            .mapping("spec")
            .flatMap(spec -> spec.mapping("source"))
            .orElseThrow()
            .text("path")
            .orElseThrow());
  }

  @Test
  void containersStartCommandsThatExistWithOptionsThatExist() {
    for (Mapping container : containers()) {
      List<String> arguments = texts(container.items("args"));
      Map<String, String> environment = environment(container);
      CommandLine command = Gitlb.commandLine(environment);
      // Parsing fails on an unknown command, an unknown option and a missing required one.
      command.parseArgs(arguments.toArray(String[]::new));
      CommandLine started =
          Objects.requireNonNull(command.getSubcommands().get(arguments.getFirst()));
      Set<String> variables =
          started.getCommandSpec().options().stream()
              .map(OptionSpec::longestName)
              .map(name -> "GITLB_" + name.substring(2).toUpperCase(Locale.ROOT).replace('-', '_'))
              .collect(Collectors.toSet());
      environment
          .keySet()
          .forEach(
              name ->
                  assertTrue(
                      variables.contains(name),
                      () -> name + " is no option of " + arguments.getFirst()));
    }
  }

  @Test
  void everyMountedPathThatAnOptionNamesIsMounted() {
    for (Mapping container : containers()) {
      List<String> mounts =
          container.items("volumeMounts").stream().map(mount -> text(mount, "mountPath")).toList();
      Stream.concat(
              texts(container.items("args")).stream(), environment(container).values().stream())
          .map(value -> value.substring(value.indexOf('=') + 1))
          .filter(value -> value.startsWith("/"))
          .forEach(
              path ->
                  assertTrue(
                      mounts.stream().anyMatch(path::startsWith),
                      () -> path + " is under none of " + mounts));
    }
  }

  @Test
  void speakerHasFourCapabilitiesAndNoToken() {
    Mapping daemonSet = ofKind("DaemonSet");
    Mapping pod = podSpec(daemonSet);
    assertEquals("false", pod.text("automountServiceAccountToken").orElseThrow());
    assertEquals("true", pod.text("hostNetwork").orElseThrow());
    Mapping capabilities =
        asMapping(pod.items("containers").getFirst())
            .mapping("securityContext")
            .flatMap(context -> context.mapping("capabilities"))
            .orElseThrow();
    assertEquals(List.of("ALL"), texts(capabilities.items("drop")));
    assertEquals(
        List.of("NET_RAW", "NET_ADMIN", "NET_BIND_SERVICE", "SYS_NICE"),
        texts(capabilities.items("add")));
  }

  /// A Role cannot tell one type of Secret from another: where the TLS keys are, it may read none.
  @Test
  void secretsCanBeReadOnlyWhereThePasswordsAreLookedFor() {
    List<String> readable =
        documents().stream()
            .filter(document -> document.text("kind").orElseThrow().endsWith("Role"))
            .filter(
                role ->
                    role.items("rules").stream()
                        .anyMatch(
                            rule -> texts(asMapping(rule).items("resources")).contains("secrets")))
            .map(ManifestsTest::namespace)
            .toList();
    String looked =
        Objects.requireNonNull(Gitlb.commandLine(Map.of()).getSubcommands().get("reconciler"))
            .getCommandSpec()
            .findOption("--secrets-namespace")
            .defaultValue();
    assertEquals(List.of(looked), readable);
    assertEquals(
        List.of(looked),
        documents().stream()
            .filter(document -> document.text("kind").orElseThrow().equals("RoleBinding"))
            .map(ManifestsTest::namespace)
            .toList());
    assertNotEquals(looked, namespace(ofKind("Deployment")));
  }

  /// There are two namespaces, and kustomize can set only one.
  @Test
  void everyObjectNamesANamespaceThatIsMadeHere() {
    Set<String> made = new TreeSet<>();
    for (Mapping document : documents()) {
      if (document.text("kind").orElseThrow().equals("Namespace")) {
        made.add(name(document));
      }
    }
    for (Mapping document : documents()) {
      String kind = document.text("kind").orElseThrow();
      if (!kind.equals("Namespace") && !kind.startsWith("Cluster")) {
        assertTrue(made.contains(namespace(document)), () -> kind + " " + name(document));
      }
    }
  }

  /// Empty when it names none.
  private static String namespace(Mapping document) {
    return document.mapping("metadata").flatMap(each -> each.text("namespace")).orElse("");
  }

  private static String name(Mapping document) {
    return document.mapping("metadata").flatMap(each -> each.text("name")).orElseThrow();
  }

  private static Mapping kustomization() {
    return read(KUSTOMIZE.resolve("kustomization.yaml")).getFirst();
  }

  private static List<Mapping> documents() {
    return texts(kustomization().items("resources")).stream()
        .flatMap(name -> read(KUSTOMIZE.resolve(name)).stream())
        .toList();
  }

  private static Mapping ofKind(String kind) {
    return documents().stream()
        .filter(document -> document.text("kind").orElseThrow().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static Mapping podSpec(Mapping workload) {
    return workload
        .mapping("spec")
        .flatMap(spec -> spec.mapping("template"))
        .flatMap(template -> template.mapping("spec"))
        .orElseThrow();
  }

  private static List<Mapping> containers() {
    List<Mapping> containers = new ArrayList<>();
    for (String kind : List.of("Deployment", "DaemonSet")) {
      podSpec(ofKind(kind)).items("containers").forEach(each -> containers.add(asMapping(each)));
    }
    return containers;
  }

  /// What the container's process sees: its own variables and those of its ConfigMap.
  private static Map<String, String> environment(Mapping container) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (YamlTree source : container.items("envFrom")) {
      String map =
          asMapping(source).mapping("configMapRef").flatMap(ref -> ref.text("name")).orElseThrow();
      Mapping data =
          documents().stream()
              .filter(document -> document.text("kind").orElseThrow().equals("ConfigMap"))
              .filter(
                  document ->
                      document
                          .mapping("metadata")
                          .flatMap(each -> each.text("name"))
                          .orElseThrow()
                          .equals(map))
              .findFirst()
              .flatMap(document -> document.mapping("data"))
              .orElseThrow();
      data.entries().keySet().forEach(key -> variables.put(key, data.text(key).orElseThrow()));
    }
    container
        .items("env")
        .forEach(
            variable ->
                variables.put(
                    text(variable, "name"), asMapping(variable).text("value").orElse("n1")));
    return variables;
  }

  private static List<Mapping> read(Path file) {
    try {
      YamlDocuments read =
          YamlDocuments.read(new ConfigFile(file.toString(), Files.readString(file)));
      assertEquals(List.of(), read.problems());
      return read.documents().stream().map(ManifestsTest::asMapping).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> texts(List<YamlTree> items) {
    return items.stream()
        .map(item -> item instanceof YamlTree.Scalar scalar ? scalar.text() : "")
        .toList();
  }

  private static String text(YamlTree mapping, String key) {
    return asMapping(mapping).text(key).orElseThrow();
  }

  private static Mapping asMapping(YamlTree tree) {
    if (tree instanceof Mapping mapping) {
      return mapping;
    }
    throw new AssertionError("no mapping at " + tree.place());
  }
}
