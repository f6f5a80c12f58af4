// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.architecture.Layers;
import io.gitlb.schema.architecture.Layers.Kind;
import io.gitlb.schema.architecture.Layers.Row;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which package may use what. The table is the decision; a class that breaks it fails the build.
class ArchitectureTest {

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
                      "schema.protocol",
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

  private static final Layers LAYERS = new Layers("reconciler", TABLE);

  @Test
  void everyPackageIsInTheTable() {
    assertTrue(LAYERS.size() > 100, "classes are there to be looked at");
    assertEquals(new TreeSet<>(), LAYERS.mismatches());
  }

  @Test
  void packagesUseWhatTheTableAllows() {
    assertEquals(new TreeSet<>(), LAYERS.forbiddenUses());
  }

  @Test
  void purePackagesTouchNoThreadClockOrInput() {
    assertEquals(new TreeSet<>(), LAYERS.impureUses());
  }

  @Test
  void purePackagesReadNoClockAndThrowNoDice() {
    assertEquals(new TreeSet<>(), LAYERS.impureCalls());
  }

  @Test
  void packagesHaveNoCycles() {
    LAYERS.checkCycles();
  }

  @Test
  void theReconcilerDoesNotKnowTheSpeaker() {
    assertEquals(
        new TreeSet<>(),
        LAYERS.uses(_ -> true, (_, to) -> Layers.packageOf(to).startsWith("speaker")));
  }
}
