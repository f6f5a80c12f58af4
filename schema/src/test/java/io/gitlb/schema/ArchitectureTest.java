// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import io.gitlb.schema.architecture.Layers;
import io.gitlb.schema.architecture.Layers.Kind;
import io.gitlb.schema.architecture.Layers.Row;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which package may use what. The table is the decision; a class that breaks it fails the build.
class ArchitectureTest {

  private static final Layers LAYERS =
      new Layers(
          "schema",
          Map.of(
              "schema.value", new Row(Kind.PURE, Set.of(), Set.of()),
              "schema.model", new Row(Kind.PURE, Set.of("schema.value"), Set.of()),
              "schema.check", new Row(Kind.PURE, Set.of("schema.value", "schema.model"), Set.of()),
              "schema.schedule",
                  new Row(Kind.PURE, Set.of("schema.value", "schema.model"), Set.of("org.quartz")),
              "schema.protocol",
                  new Row(Kind.PURE, Set.of("schema.value"), Set.of("tools.jackson")),
              "schema.yaml",
                  new Row(
                      Kind.ADAPTER,
                      Set.of("schema.value", "schema.model", "schema.check", "schema.schedule"),
                      Set.of("org.snakeyaml")),
              "schema.http",
                  new Row(Kind.ADAPTER, Set.of("schema.value"), Set.of("io.netty", "org.slf4j"))));

  /// The codec of the protocol, its reader and its writer: the only classes that see the JSON
  /// library.
  private static final Set<String> JSON_CLASSES =
      Set.of("ProtocolCodec", "JsonReader", "JsonWriter");

  @Test
  void everyPackageIsInTheTable() {
    assertTrue(LAYERS.size() > 50, "classes are there to be looked at");
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
  void theJsonLibraryIsSeenByTheCodecOnly() {
    assertEquals(
        new TreeSet<>(),
        LAYERS.uses(
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
        LAYERS.uses(
            type -> Set.of("YamlParser", "TreeBuilder").stream().noneMatch(outermost(type)::equals),
            (_, to) -> to.getName().startsWith("org.snakeyaml")));
  }
}
