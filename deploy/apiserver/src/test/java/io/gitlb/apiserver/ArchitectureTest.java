// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Who may import what.
class ArchitectureTest {
  private static final String ROOT = "io.gitlb.apiserver";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static final String JSON = "tools.jackson..";

  /// Package → packages that it may import beside itself, `java..` and JSpecify (1:N).
  private static final Map<String, List<String>> MAY_IMPORT =
      new TreeMap<>(
          Map.of(
              "resource", List.of(JSON),
              "store", List.of(JSON, "resource"),
              "patch", List.of(JSON, "resource"),
              "rules", List.of(JSON, "resource"),
              "table", List.of(JSON, "resource"),
              "api",
                  List.of(JSON, "org.snakeyaml..", "resource", "store", "patch", "rules", "table"),
              "http", List.of("javax.net.ssl", "org.slf4j", "api", "resource"),
              "tls", List.of("javax.net.ssl")));

  @Test
  void eachPackageImportsOnlyWhatTheTableAllows() {
    MAY_IMPORT.forEach(
        (name, allowed) -> {
          List<String> packages = new ArrayList<>(List.of("java..", "org.jspecify.annotations"));
          packages.add(ROOT + "." + name);
          for (String other : allowed) {
            boolean library = other.contains(".");
            packages.add(library ? other : ROOT + "." + other);
          }
          classes()
              .that()
              .resideInAPackage(ROOT + "." + name)
              .should()
              .onlyDependOnClassesThat(resideInAnyPackage(packages.toArray(String[]::new)))
              .check(CLASSES);
        });
  }

  @Test
  void theCoresTouchNoClockThreadOrFile() {
    String[] cores = {ROOT + ".resource", ROOT + ".patch", ROOT + ".rules", ROOT + ".table"};
    classes()
        .that()
        .resideInAnyPackage(cores)
        .should()
        .onlyDependOnClassesThat(
            com.tngtech.archunit.base.DescribedPredicate.not(
                resideInAnyPackage("java.io", "java.nio.file..", "java.util.concurrent..")))
        .check(CLASSES);
  }

  @Test
  void thereAreNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void thereIsNoKnowledgeOfOtherModules() {
    classes()
        .that()
        .resideInAPackage(ROOT + "..")
        .should()
        .onlyDependOnClassesThat(
            com.tngtech.archunit.base.DescribedPredicate.not(
                resideInAnyPackage(
                    "io.gitlb.schema..", "io.gitlb.reconciler..", "io.gitlb.speaker..")))
        .check(CLASSES);
  }
}
