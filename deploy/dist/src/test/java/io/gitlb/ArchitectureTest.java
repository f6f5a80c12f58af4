// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Which package may import what: the demo drives the programs from outside, as a user does.
@AnalyzeClasses(packages = "io.gitlb", importOptions = ImportOption.DoNotIncludeTests.class)
@SuppressWarnings("unused") // JUnit finds the rules
final class ArchitectureTest {

  @ArchTest
  static final ArchRule networkKitStandsAlone =
      classes()
          .that()
          .resideInAPackage("io.gitlb.demo.net")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "org.jspecify..", "io.gitlb.demo.net", "io.gitlb.schema.value");

  @ArchTest
  static final ArchRule demoNeverReachesIntoTheReconcilerOrTheSpeaker =
      noClasses()
          .that()
          .resideInAPackage("io.gitlb.demo..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.gitlb.reconciler..", "io.gitlb.speaker..");

  @ArchTest
  static final ArchRule nothingDependsOnTheDemo =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.gitlb.schema..",
              "io.gitlb.reconciler..",
              "io.gitlb.speaker..",
              "io.gitlb.apiserver..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.gitlb", "io.gitlb.demo..");

  @ArchTest
  static final ArchRule jgitIsUsedInItsAdapterOnly =
      noClasses()
          .that()
          .resideInAPackage("io.gitlb.demo..")
          .and()
          .resideOutsideOfPackage("io.gitlb.demo.git")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jgit..");

  @ArchTest
  static final ArchRule fabric8IsUsedInItsAdapterOnly =
      noClasses()
          .that()
          .resideInAPackage("io.gitlb.demo..")
          .and()
          .resideOutsideOfPackage("io.gitlb.demo.cluster")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.fabric8..");
}
