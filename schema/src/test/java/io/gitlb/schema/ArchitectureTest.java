// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema;

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
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Which package may use what. The table is the decision; a class that breaks it fails the build.
class ArchitectureTest {

  private static final String ROOT = "io.gitlb.schema.";

  private enum Kind {
    /// The JDK and other pure packages only: no thread, clock, input, output or logging.
    PURE,
    /// Meets the outside, with the libraries of its row.
    ADAPTER
  }

  /// @param ours packages of ours besides itself
  /// @param libraries roots of packages of others, besides the JDK and annotations
  private record Row(Kind kind, Set<String> ours, Set<String> libraries) {}

  // package → what it may use (1:1)
  private static final Map<String, Row> TABLE =
      Map.of(
          "value", new Row(Kind.PURE, Set.of(), Set.of()),
          "model", new Row(Kind.PURE, Set.of("value"), Set.of()),
          "check", new Row(Kind.PURE, Set.of("value", "model"), Set.of()),
          "schedule", new Row(Kind.PURE, Set.of("value", "model"), Set.of("org.quartz")),
          "election", new Row(Kind.PURE, Set.of("value"), Set.of()),
          "protocol", new Row(Kind.PURE, Set.of("value"), Set.of("tools.jackson")),
          "yaml",
              new Row(
                  Kind.ADAPTER,
                  Set.of("value", "model", "check", "schedule"),
                  Set.of("org.snakeyaml")),
          "http", new Row(Kind.ADAPTER, Set.of("value"), Set.of("io.netty", "org.slf4j")));

  /// The codec of the protocol, its reader and its writer: the only classes that see the JSON
  /// library.
  private static final Set<String> JSON_CLASSES =
      Set.of("ProtocolCodec", "JsonReader", "JsonWriter");

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

  /// Of those packages, what neither waits nor reaches out.
  private static final Set<String> PURE_ALL_THE_SAME =
      Set.of("java.io.ByteArrayOutputStream", "java.io.Serializable", "java.lang.RuntimeException");

  /// Calls that read a clock, or chance, without a type of their own.
  private static final Set<String> IMPURE_CALLS =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.Math.random",
          "java.util.UUID.randomUUID",
          "java.time.Instant.now",
          "java.time.LocalDate.now",
          "java.time.LocalDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.ZonedDateTime.now");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.gitlb.schema");

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

  /// Every use of another class for which `forbidden` holds, as sentences.
  private static SortedSet<String> uses(Predicate<JavaClass> from, Forbidden forbidden) {
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

  @FunctionalInterface
  private interface Forbidden {
    boolean test(JavaClass from, JavaClass to);
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

  @Test
  void everyPackageIsInTheTable() {
    assertTrue(CLASSES.size() > 50, "classes are there to be looked at");
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
  void theJsonLibraryIsSeenByTheCodecOnly() {
    assertEquals(
        new TreeSet<>(),
        uses(
            type -> !JSON_CLASSES.contains(outermost(type)),
            (_, to) -> to.getName().startsWith("tools.jackson")));
  }

  private static String outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type.getSimpleName());
  }

  @Test
  void theYamlLibraryStaysOutOfPublicSignatures() {
    assertEquals(
        new TreeSet<>(),
        uses(
            type -> Set.of("YamlParser", "TreeBuilder").stream().noneMatch(outermost(type)::equals),
            (_, to) -> to.getName().startsWith("org.snakeyaml")));
  }

  @Test
  void purePackagesTouchNoThreadClockOrInput() {
    assertEquals(
        new TreeSet<>(),
        uses(
            type -> rowOf(type).kind() == Kind.PURE,
            (_, to) ->
                IMPURE.stream().anyMatch(impure -> isOrIsIn(to.getName(), impure))
                    && !PURE_ALL_THE_SAME.contains(to.getName())));
  }

  @Test
  void purePackagesReadNoClockAndThrowNoDice() {
    SortedSet<String> found = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (rowOf(type).kind() == Kind.PURE) {
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
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
