// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Who may import whom, read from the compiled classes.
final class ArchitectureTest {

  private static final String ROOT = "io.gitlb.";

  /// A package's place in the flow.
  ///
  /// @param own what it may use of ours, besides itself
  /// @param libraries what it may use of others, besides the JDK
  private record Rule(Kind kind, Set<String> own, Set<String> libraries) {}

  /// Pure: the JDK without threads, clock, input and output. Adapter: its libraries. Wiring: joins.
  private enum Kind {
    PURE,
    ADAPTER,
    WIRING
  }

  private static final String SLF4J = "org.slf4j";

  // Package → its rule (1:1). Every package of the module is here.
  private static final Map<String, Rule> TABLE =
      Map.ofEntries(
          Map.entry("speaker.announce", pure("schema.value", "schema.protocol")),
          Map.entry("speaker.l2", pure("schema.value")),
          Map.entry("speaker.ownership", pure("schema.value", "schema.protocol")),
          Map.entry("speaker.show", pure("schema.value", "schema.protocol")),
          Map.entry("speaker.health", pure()),
          Map.entry("speaker.bgp.packet", pure("schema.value")),
          Map.entry("speaker.bgp", pure("schema.value", "speaker.bgp.packet")),
          Map.entry("speaker.bfd", pure("schema.value")),
          Map.entry("speaker.discovery", pure("schema.value")),
          Map.entry(
              "speaker.discovery.session",
              adapter(Set.of("schema.value", "speaker.discovery"), Set.of(SLF4J))),
          Map.entry(
              "speaker.pcap",
              adapter(
                  Set.of("schema.value", "speaker.l2", "speaker.thread"),
                  Set.of("org.pcap4j", "com.sun.jna", SLF4J))),
          Map.entry("speaker.thread", adapter(Set.of(), Set.of(SLF4J))),
          Map.entry(
              "speaker.bgp.session",
              adapter(
                  Set.of("schema.value", "speaker.bgp", "speaker.bgp.packet"),
                  Set.of("io.netty", SLF4J))),
          Map.entry(
              "speaker.bfd.session",
              adapter(
                  Set.of("schema.value", "speaker.bfd", "speaker.thread"),
                  Set.of("io.netty", SLF4J))),
          Map.entry(
              "speaker.store", adapter(Set.of("schema.value", "schema.protocol"), Set.of(SLF4J))),
          Map.entry(
              "speaker.watch",
              adapter(
                  Set.of(
                      "schema.value",
                      "schema.protocol",
                      "schema.http",
                      "speaker.health",
                      "speaker.ownership"),
                  Set.of(SLF4J))),
          Map.entry(
              "speaker.receive",
              adapter(
                  Set.of("schema.value", "schema.protocol", "schema.http", "speaker.store"),
                  Set.of(SLF4J))),
          Map.entry(
              "speaker",
              new Rule(
                  Kind.WIRING,
                  Set.of(
                      "schema.value",
                      "schema.protocol",
                      "schema.http",
                      "speaker.announce",
                      "speaker.health",
                      "speaker.l2",
                      "speaker.pcap",
                      "speaker.bgp",
                      "speaker.bgp.packet",
                      "speaker.bgp.session",
                      "speaker.bfd",
                      "speaker.bfd.session",
                      "speaker.discovery.session",
                      "speaker.store",
                      "speaker.ownership",
                      "speaker.watch",
                      "speaker.receive",
                      "speaker.show",
                      "speaker.thread"),
                  Set.of(SLF4J))),
          Map.entry(
              "speaker.cli",
              new Rule(
                  Kind.WIRING,
                  Set.of("schema.value", "schema.http", "speaker", "speaker.pcap"),
                  Set.of("picocli", SLF4J))));

  /// JDK packages and classes that a pure package does not touch.
  private static final List<String> IMPURE =
      List.of(
          "java.lang.Thread",
          "java.lang.Process",
          "java.lang.Runtime",
          "java.lang.ref",
          "java.util.concurrent",
          "java.util.logging",
          "java.util.Timer",
          "java.io",
          "java.net",
          "java.nio.file",
          "java.nio.channels",
          "java.time.Clock",
          "java.time.InstantSource",
          "java.time.ZoneId",
          "java.sql",
          "javax",
          "jdk",
          "sun");

  /// Harmless members of the above.
  private static final Set<String> PURE_AFTER_ALL =
      Set.of("java.io.ByteArrayOutputStream", "java.io.Serializable");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.gitlb.speaker");

  @Test
  void everyPackageImportsOnlyWhatTheTableAllows() {
    Set<String> violations = new TreeSet<>();
    for (JavaClass one : CLASSES) {
      Rule rule = TABLE.get(shortName(one));
      if (rule == null) {
        violations.add("the table has no rule for " + one.getPackageName());
        continue;
      }
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (!target.isPrimitive() && !allows(rule, one, target)) {
          violations.add(shortName(one) + " must not use " + target.getName());
        }
      }
    }
    assertEquals(Set.of(), violations);
  }

  @Test
  void pureCodeReadsNoClock() {
    Set<String> violations = new TreeSet<>();
    for (JavaClass one : CLASSES) {
      Rule rule = TABLE.get(shortName(one));
      if (rule != null && rule.kind() == Kind.PURE) {
        for (JavaMethodCall call : one.getMethodCallsFromSelf()) {
          String method = call.getTargetOwner().getName() + "." + call.getName();
          boolean now = method.startsWith("java.time.") && call.getName().equals("now");
          boolean system =
              method.startsWith("java.lang.System.") && !call.getName().equals("arraycopy");
          if (now || system) {
            violations.add(one.getName() + " calls " + method);
          }
        }
      }
    }
    assertEquals(Set.of(), violations);
  }

  @Test
  void thereAreNoPackageCycles() {
    slices()
        .matching("io.gitlb.(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void theTestSeesTheModule() {
    assertFalse(CLASSES.isEmpty());
  }

  private static boolean allows(Rule rule, JavaClass from, JavaClass target) {
    String name = target.getName();
    if (name.startsWith(ROOT)) {
      String itsPackage = shortName(target);
      return itsPackage.equals(shortName(from)) || rule.own().contains(itsPackage);
    }
    if (name.startsWith("org.jspecify.")) {
      return true;
    }
    boolean ofJdk = name.startsWith("java.") || name.startsWith("javax.");
    return switch (rule.kind()) {
      case PURE -> ofJdk && (PURE_AFTER_ALL.contains(name) || !startsWithAny(name, IMPURE));
      case ADAPTER, WIRING -> ofJdk || startsWithAny(name, List.copyOf(rule.libraries()));
    };
  }

  private static boolean startsWithAny(String name, List<String> prefixes) {
    return prefixes.stream()
        .anyMatch(prefix -> name.equals(prefix) || name.startsWith(prefix + "."));
  }

  private static String shortName(JavaClass one) {
    String name = one.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
  }

  private static Rule pure(String... own) {
    return new Rule(Kind.PURE, Set.of(own), Set.of());
  }

  private static Rule adapter(Set<String> own, Set<String> libraries) {
    return new Rule(Kind.ADAPTER, own, libraries);
  }
}
