// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

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
final class ArchitectureTest {

  private static final String SLF4J = "org.slf4j";

  // Package → what it may use (1:1). Every package of the module is here.
  private static final Map<String, Row> TABLE =
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
              adapter(
                  Set.of("schema.value", "speaker.discovery", "speaker.kernel"), Set.of(SLF4J))),
          Map.entry(
              "speaker.pcap",
              adapter(
                  Set.of("schema.value", "speaker.l2", "speaker.thread"),
                  Set.of("org.pcap4j", "com.sun.jna", SLF4J))),
          Map.entry("speaker.thread", adapter(Set.of(), Set.of(SLF4J))),
          Map.entry("speaker.kernel", adapter(Set.of(), Set.of())),
          Map.entry(
              "speaker.bgp.session",
              adapter(
                  Set.of("schema.value", "speaker.bgp", "speaker.bgp.packet", "speaker.kernel"),
                  Set.of("io.netty", SLF4J))),
          Map.entry(
              "speaker.bfd.session",
              adapter(
                  Set.of("schema.value", "speaker.bfd", "speaker.kernel", "speaker.thread"),
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
              new Row(
                  Kind.ADAPTER,
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
              new Row(
                  Kind.ADAPTER,
                  Set.of("schema.value", "schema.http", "speaker", "speaker.pcap"),
                  Set.of("picocli", SLF4J))));

  private static final Layers LAYERS = new Layers("speaker", TABLE);

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

  private static Row pure(String... own) {
    return new Row(Kind.PURE, Set.of(own), Set.of());
  }

  private static Row adapter(Set<String> own, Set<String> libraries) {
    return new Row(Kind.ADAPTER, own, libraries);
  }
}
