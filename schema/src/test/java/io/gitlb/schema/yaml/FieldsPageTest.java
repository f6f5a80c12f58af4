// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ReadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Holds FIELDS.md to what the reader says of each field of MetalLB's BGP documents.
class FieldsPageTest {

  /// kind → the definition of its document in the published schemas
  private static final Map<String, String> DEFINITIONS =
      Map.of(
          "BGPPeer", "BGPPeer.metallb.v1beta2",
          "BGPAdvertisement", "BGPAdvertisement.metallb.v1beta1",
          "BFDProfile", "BFDProfile.metallb.v1beta1",
          "Community", "Community.metallb.v1beta1");

  /// kind → name and fields of the document that the others go well with
  private static final Map<String, Map<String, String>> USUAL =
      Map.of(
          "BGPPeer",
              Map.of(
                  "myASN", "64512",
                  "peerASN", "64513",
                  "peerAddress", "198.51.100.254",
                  "dualStackAddressFamily", "true"),
          "BGPAdvertisement", Map.of(),
          "BFDProfile", Map.of(),
          "Community", Map.of("communities", "[{name: vpn, value: \"64512:8\"}]"));

  private static final Map<String, String> NAMES =
      Map.of("BGPPeer", "tor", "BGPAdvertisement", "all", "BFDProfile", "fast", "Community", "own");

  /// field → the one that it stands for
  private static final Map<String, String> INSTEAD =
      Map.of("dynamicASN", "peerASN", "interface", "peerAddress");

  private static final String POOL =
      """
      apiVersion: metallb.io/v1beta1
      kind: IPAddressPool
      metadata: {name: lan, labels: {tier: web}}
      spec: {addresses: [203.0.113.0/24, "2001:db8::/112"]}
      """;

  /// A line of the page.
  record Row(String kind, String field, String example, String code) {}

  static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("FIELDS.md"))) {
      String[] cells = line.split(" *\\| *", -1);
      if (cells.length > 5 && DEFINITIONS.containsKey(cells[1])) {
        rows.add(new Row(cells[1], cells[2], cells[3].replace("`", ""), cells[4]));
      }
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsSaidOfAFieldIsWhatThePageSays(Row row) {
    StringBuilder text = new StringBuilder(POOL);
    for (String kind : new TreeSet<>(USUAL.keySet())) {
      Map<String, String> fields = new TreeMap<>(USUAL.getOrDefault(kind, Map.of()));
      if (kind.equals(row.kind())) {
        fields.remove(INSTEAD.getOrDefault(row.field(), ""));
        fields.put(row.field(), row.example());
      }
      text.append(document(kind, fields));
    }
    Set<String> codes = new TreeSet<>();
    problems(text.toString()).forEach(problem -> codes.add(problem.code().code()));
    // A peer that is not dialled leaves the advertisement without anybody.
    codes.remove("GLB1507");
    assertEquals(row.code().equals("-") ? Set.of() : Set.of(row.code()), codes, text::toString);
  }

  @Test
  void everyFieldIsOnThePage() throws IOException {
    for (Map.Entry<String, String> one : DEFINITIONS.entrySet()) {
      JsonNode spec =
          SchemaFiles.resolve(
                  SchemaFiles.resolve(SchemaFiles.bundle().at("/definitions/" + one.getValue()))
                      .at("/properties/spec"))
              .get("properties");
      assertTrue(!spec.isEmpty(), one::getValue);
      Set<String> listed = new TreeSet<>();
      rows().stream()
          .filter(row -> row.kind().equals(one.getKey()))
          .forEach(row -> listed.add(row.field()));
      assertEquals(new TreeSet<>(spec.propertyNames()), listed, one.getKey());
    }
  }

  private static List<Problem> problems(String text) {
    return switch (DefinitionReader.read(List.of(new ConfigFile("a.yaml", text)))) {
      case ReadResult.Accepted accepted -> accepted.warnings();
      case ReadResult.Refused refused -> refused.problems();
    };
  }

  private static String document(String kind, Map<String, String> fields) {
    StringBuilder text =
        new StringBuilder(
            """
            ---
            apiVersion: metallb.io/%s
            kind: %s
            metadata: {name: %s}
            """
                .formatted(
                    kind.equals("BGPPeer") ? "v1beta2" : "v1beta1",
                    kind,
                    NAMES.getOrDefault(kind, "x")));
    if (fields.isEmpty()) {
      return text.append("spec: {}\n").toString();
    }
    text.append("spec:\n");
    fields.forEach(
        (name, value) -> text.append("  ").append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }
}
