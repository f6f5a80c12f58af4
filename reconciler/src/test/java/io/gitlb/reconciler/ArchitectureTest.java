// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Which package may use what. The table is the decision; a class that breaks it fails the build.
class ArchitectureTest {

  private static final String ROOT = "io.gitlb.";

  private enum Kind {
    /// The JDK and other pure packages only: no thread, clock, input, output or logging.
    PURE,
    /// Pure but for logging.
    CORE,
    /// Meets the outside, with the libraries of its row.
    ADAPTER
  }

  /// @param ours packages of ours besides itself, below `io.gitlb`
  /// @param libraries roots of packages of others, besides the JDK and annotations
  private record Row(Kind kind, Set<String> ours, Set<String> libraries) {}

  // package below io.gitlb → what it may use (1:1)
  private static final Map<String, Row> TABLE =
      Map.ofEntries(
          Map.entry("reconciler.cluster", new Row(Kind.PURE, Set.of("schema.value"), Set.of())),
          // Records are read through the one YAML reader that there is.
          Map.entry(
              "reconciler.ledger",
              new Row(Kind.PURE, Set.of("schema.value", "schema.yaml"), Set.of())),
          Map.entry(
              "reconciler.allocator",
              new Row(Kind.PURE, Set.of("schema.value", "schema.model"), Set.of())),
          // What is left of a range is counted by the allocator's arithmetic.
          Map.entry(
              "reconciler.lease",
              new Row(
                  Kind.PURE,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "schema.yaml",
                      "reconciler.allocator",
                      "reconciler.ledger"),
                  Set.of())),
          // schema.check knows what a misspelt word was meant to be.
          Map.entry(
              "reconciler.plan",
              new Row(
                  Kind.PURE,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "schema.check",
                      "reconciler.allocator",
                      "reconciler.cluster",
                      "reconciler.lease",
                      "reconciler.ledger"),
                  Set.of())),
          // One list of reasons for allocation and announcement: it is in the plan's package.
          Map.entry(
              "reconciler.desired",
              new Row(
                  Kind.PURE,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "schema.protocol",
                      "reconciler.cluster",
                      "reconciler.ledger",
                      "reconciler.plan"),
                  Set.of())),
          Map.entry(
              "reconciler.guard",
              new Row(
                  Kind.PURE,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "schema.schedule",
                      "reconciler.cluster",
                      "reconciler.ledger",
                      "reconciler.plan"),
                  Set.of())),
          Map.entry(
              "reconciler.conflict",
              new Row(Kind.PURE, Set.of("schema.model", "schema.value"), Set.of())),
          Map.entry(
              "reconciler.loop",
              new Row(
                  Kind.CORE,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "schema.yaml",
                      "schema.protocol",
                      "reconciler.facts",
                      "reconciler.cluster",
                      "reconciler.lease",
                      "reconciler.conflict",
                      "reconciler.ledger",
                      "reconciler.plan",
                      "reconciler.desired",
                      "reconciler.guard",
                      "reconciler.report"),
                  Set.of("org.slf4j."))),
          Map.entry(
              "reconciler.git",
              new Row(
                  Kind.ADAPTER,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "schema.yaml",
                      "schema.http",
                      "reconciler.loop",
                      "reconciler.lease",
                      "reconciler.ledger",
                      "reconciler.trust"),
                  // JGit's SSH is Apache MINA's, and its keys are in JGit's signatures.
                  Set.of(
                      "org.eclipse.jgit.",
                      "org.apache.sshd.",
                      "org.bouncycastle.",
                      "tools.jackson.core.",
                      "org.slf4j."))),
          Map.entry(
              "reconciler.kubernetes",
              new Row(
                  Kind.ADAPTER,
                  Set.of("schema.value", "reconciler.loop", "reconciler.cluster"),
                  Set.of("io.fabric8.", "org.slf4j."))),
          Map.entry(
              "reconciler.push",
              new Row(
                  Kind.ADAPTER,
                  Set.of(
                      "schema.value",
                      "schema.protocol",
                      "schema.http",
                      "reconciler.conflict",
                      "reconciler.loop"),
                  Set.of("org.slf4j."))),
          // Commands beside the reconciler: they read, ask pure packages and print.
          Map.entry(
              "reconciler.cli",
              new Row(
                  Kind.ADAPTER,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "schema.check",
                      "schema.http",
                      "schema.yaml",
                      "reconciler.cluster",
                      "reconciler.facts",
                      "reconciler.git",
                      "reconciler.guard",
                      "reconciler.impact",
                      "reconciler.kubernetes",
                      "reconciler.ledger",
                      "reconciler.report"),
                  Set.of("picocli."))),
          Map.entry(
              "reconciler.impact",
              new Row(
                  Kind.PURE,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "schema.protocol",
                      "reconciler.allocator",
                      "reconciler.cluster",
                      "reconciler.ledger",
                      "reconciler.plan",
                      "reconciler.desired"),
                  Set.of())),
          Map.entry(
              "reconciler.facts",
              new Row(
                  Kind.PURE,
                  Set.of("schema.value", "schema.yaml", "reconciler.cluster", "reconciler.ledger"),
                  Set.of())),
          Map.entry(
              "reconciler.report",
              new Row(
                  Kind.PURE,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "reconciler.impact",
                      "reconciler.ledger",
                      "reconciler.plan"),
                  Set.of())),
          // The JDK's MACs live in javax.crypto: arithmetic, no effect.
          // Policies are read from YAML by the one reader that there is.
          Map.entry(
              "reconciler.trust",
              new Row(
                  Kind.PURE,
                  Set.of("schema.value", "schema.model", "schema.yaml", "schema.check"),
                  Set.of("javax.crypto."))),
          Map.entry(
              "reconciler.webhook",
              new Row(
                  Kind.ADAPTER,
                  Set.of("schema.http", "reconciler.trust", "reconciler.loop"),
                  Set.of("tools.jackson.core.", "org.slf4j."))),
          // The wiring hands the one client object from its maker to its user.
          Map.entry(
              "reconciler",
              new Row(
                  Kind.ADAPTER,
                  Set.of(
                      "schema.value",
                      "schema.model",
                      "schema.http",
                      "schema.protocol",
                      "reconciler.cluster",
                      "reconciler.lease",
                      "reconciler.ledger",
                      "reconciler.loop",
                      "reconciler.git",
                      "reconciler.kubernetes",
                      "reconciler.push",
                      "reconciler.report",
                      "reconciler.webhook"),
                  Set.of(
                      "org.quartz.",
                      "io.prometheus.",
                      "org.slf4j.",
                      "picocli.",
                      "io.fabric8.kubernetes.client.Client",
                      "io.fabric8.kubernetes.client.KubernetesClient"))));

  /// What a pure package stays away from: packages, with the dot at the end, and classes.
  private static final List<String> IMPURE =
      List.of(
          "java.io.",
          "java.net.",
          "java.nio.channels.",
          "java.nio.file.",
          "java.util.concurrent.",
          "java.util.logging.",
          "java.util.Timer",
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.lang.Runtime",
          "java.lang.ScopedValue",
          "java.time.Clock",
          "java.time.InstantSource");

  /// Of those, what neither waits nor reaches out.
  private static final Set<String> PURE_ALL_THE_SAME =
      Set.of("java.io.Serializable", "java.lang.RuntimeException");

  /// Calls that read a clock, or chance, without a type of their own.
  private static final Set<String> IMPURE_CALLS =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.Math.random",
          "java.util.UUID.randomUUID",
          "java.time.Instant.now");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.gitlb.reconciler");

  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
  }

  private static Row rowOf(JavaClass type) {
    Row row = TABLE.get(packageOf(type));
    if (row == null) {
      throw new AssertionError(type.getName() + " is in a package that the table does not have");
    }
    return row;
  }

  /// Every use of another class that is forbidden, as sentences.
  private static SortedSet<String> uses(
      Predicate<JavaClass> from, BiPredicate<JavaClass, JavaClass> forbidden) {
    SortedSet<String> found = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (from.test(type)) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (!target.isPrimitive() && forbidden.test(type, target)) {
            found.add(type.getName() + " uses " + target.getName());
          }
        }
      }
    }
    return found;
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith("io.gitlb");
  }

  private static boolean isOrIsIn(String name, String forbidden) {
    return forbidden.endsWith(".")
        ? name.startsWith(forbidden)
        : name.equals(forbidden) || name.startsWith(forbidden + "$");
  }

  private static boolean isAnyones(JavaClass type) {
    return type.getPackageName().startsWith("java.")
        || type.getPackageName().startsWith("org.jspecify.");
  }

  private static boolean isWithoutEffect(JavaClass type) {
    return rowOf(type).kind() != Kind.ADAPTER;
  }

  @Test
  void everyPackageIsInTheTable() {
    assertTrue(CLASSES.size() > 100, "classes are there to be looked at");
    CLASSES.forEach(ArchitectureTest::rowOf);
  }

  @Test
  void packagesUseThoseOfOursThatTheTableAllows() {
    assertEquals(
        new TreeSet<>(),
        uses(
            _ -> true,
            (from, to) ->
                isOurs(to)
                    && !packageOf(to).equals(packageOf(from))
                    && !rowOf(from).ours().contains(packageOf(to))));
  }

  @Test
  void theReconcilerDoesNotKnowTheSpeaker() {
    assertEquals(new TreeSet<>(), uses(_ -> true, (_, to) -> packageOf(to).startsWith("speaker")));
  }

  @Test
  void packagesUseTheLibrariesThatTheTableAllows() {
    assertEquals(
        new TreeSet<>(),
        uses(
            _ -> true,
            (from, to) ->
                !isOurs(to)
                    && !isAnyones(to)
                    && !(rowOf(from).kind() == Kind.ADAPTER
                        && to.getPackageName().startsWith("javax.net.ssl"))
                    && rowOf(from).libraries().stream().noneMatch(to.getName()::startsWith)));
  }

  @Test
  void purePackagesTouchNoThreadClockOrInput() {
    assertEquals(
        new TreeSet<>(),
        uses(
            ArchitectureTest::isWithoutEffect,
            (_, to) ->
                IMPURE.stream().anyMatch(impure -> isOrIsIn(to.getName(), impure))
                    && !PURE_ALL_THE_SAME.contains(to.getName())));
  }

  @Test
  void purePackagesReadNoClockAndThrowNoDice() {
    SortedSet<String> found = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (isWithoutEffect(type)) {
        for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
          String target = call.getTargetOwner().getName() + "." + call.getName();
          if (IMPURE_CALLS.contains(target)) {
            found.add(type.getName() + " calls " + target);
          }
        }
      }
    }
    assertEquals(new TreeSet<>(), found);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + "reconciler.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
