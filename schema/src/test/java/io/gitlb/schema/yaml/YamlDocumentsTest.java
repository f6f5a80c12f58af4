// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.yaml.YamlTree.Mapping;
import io.gitlb.schema.yaml.YamlTree.Notation;
import io.gitlb.schema.yaml.YamlTree.Scalar;
import io.gitlb.schema.yaml.YamlTree.ScalarKind;
import io.gitlb.schema.yaml.YamlTree.Sequence;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlDocumentsTest {

  private static YamlDocuments read(String text) {
    return YamlDocuments.read(new ConfigFile("f.yaml", text));
  }

  private static List<String> problems(String text) {
    return read(text).problems().stream().map(Object::toString).toList();
  }

  private static SourcePlace at(int line, int column) {
    return new SourcePlace("f.yaml", line, column);
  }

  private static Mapping mapping(String text) {
    YamlDocuments read = read(text);
    assertEquals(List.of(), read.problems());
    assertEquals(1, read.documents().size());
    return assertInstanceOf(Mapping.class, read.documents().getFirst());
  }

  @Test
  void everyNodeAndKeyKnowsItsPlace() {
    Mapping root = mapping("a: 1\nlist:\n  - x\n  - {k: v}\n");
    assertEquals(at(1, 1), root.place());
    assertEquals(at(2, 1), root.entry("list").orElseThrow().keyPlace());
    Sequence list = assertInstanceOf(Sequence.class, root.get("list").orElseThrow());
    assertEquals(at(3, 3), list.place());
    assertEquals(at(3, 5), list.items().getFirst().place());
    Mapping inner = assertInstanceOf(Mapping.class, list.items().getLast());
    assertEquals(at(4, 6), inner.entry("k").orElseThrow().keyPlace());
    assertEquals(at(4, 9), inner.get("k").orElseThrow().place());
  }

  @ParameterizedTest
  @CsvSource({
    "x, TEXT",
    "10, WHOLE_NUMBER",
    "-3, WHOLE_NUMBER",
    "010, TEXT",
    "1_000, TEXT",
    "0x1F, TEXT",
    "1e3, DECIMAL_NUMBER",
    "1.5, DECIMAL_NUMBER",
    "192.0.2.1, TEXT",
    "true, TRUTH_VALUE",
    "True, TEXT",
    "yes, TEXT",
    "null, NULL",
    "~, TEXT",
    "2026-05-03, TEXT",
  })
  void aPlainScalarHasTheKindOfTheJsonSchema(String plain, ScalarKind kind) {
    assertEquals(
        Optional.of(new Scalar(at(1, 4), kind, Notation.PLAIN, plain)),
        Optional.of(mapping("a: " + plain).entry("a").orElseThrow().value()));
  }

  @Test
  void quotedAndBlockScalarsAreText() {
    Mapping root = mapping("a: \"10\"\nb: 'true'\nc: |\n  7\nd: \"\"\n");
    assertEquals(Optional.of("10"), root.text("a"));
    for (String key : List.of("a", "b", "c", "d")) {
      Scalar scalar = assertInstanceOf(Scalar.class, root.get(key).orElseThrow());
      assertEquals(ScalarKind.TEXT, scalar.kind(), key);
      assertEquals(Notation.QUOTED, scalar.notation(), key);
    }
  }

  @Test
  void aMappingGivesWhatItHasByKey() {
    Mapping root = mapping("t: x\nn: null\nempty:\nm: {k: v}\ns: [1, 2]\n");
    assertEquals(Optional.of("x"), root.text("t"));
    assertEquals(Optional.empty(), root.get("n"));
    assertEquals(Optional.empty(), root.get("empty"));
    assertEquals(Optional.empty(), root.get("absent"));
    assertEquals(Optional.of("v"), root.mapping("m").flatMap(inner -> inner.text("k")));
    assertEquals(2, root.items("s").size());
    assertEquals(Optional.empty(), root.text("s"));
    assertEquals(List.of(), root.items("t"));
    assertEquals(Optional.empty(), root.mapping("t"));
  }

  @Test
  void severalDocumentsAreReadAndEmptyOnesLeftOut() {
    assertEquals(2, read("---\n---\n# nothing\n---\na: 1\n---\nb: 2\n...\n").documents().size());
    assertEquals(List.of(), read("").documents());
    assertEquals(List.of(), read("# a comment\n").documents());
    assertEquals(List.of(), problems("---\n---\n"));
  }

  @Test
  void jsonIsReadToo() {
    Mapping root =
        mapping("{\n\t\"a\": [1, true, null, \"x\\/\\u00e4\\ud83d\\ude00\"],\n\t\"b\": {}\n}\n");
    assertEquals("x/ä😀", ((Scalar) root.items("a").getLast()).text());
    assertEquals(at(2, 2), root.entry("a").orElseThrow().keyPlace());
  }

  @Test
  void aByteOrderMarkAndCarriageReturnsChangeNoPlace() {
    assertEquals(at(2, 1), mapping("\uFEFFa: 1\r\nb: 2\r\n").entry("b").orElseThrow().keyPlace());
    assertEquals(at(1, 1), mapping("\uFEFFa: 1").entry("a").orElseThrow().keyPlace());
  }

  @Test
  void aDuplicateKeyIsAProblemWithBothPlacesAndTheFirstCounts() {
    YamlDocuments read = read("a: 1\nb: 2\na: 3\n");
    assertEquals(
        List.of(
            "f.yaml:3:1: GLB1104 the key \"a\" stands twice in one mapping, first at f.yaml:1:1;"
                + " keep one"),
        read.problems().stream().map(Object::toString).toList());
    assertEquals(Optional.of("1"), ((Mapping) read.documents().getFirst()).text("a"));
  }

  @Test
  void anAliasIsAProblemAndItsDocumentLeftOut() {
    YamlDocuments read = read("a: &x 1\nb: *x\n---\nc: 1\n");
    assertEquals(
        List.of("f.yaml:2:4: GLB1103 aliases (*x) are not read; write the value out"),
        read.problems().stream().map(Object::toString).toList());
    assertEquals(1, read.documents().size());
  }

  @Test
  void anAnchorWithoutAnAliasIsHarmless() {
    assertEquals(Optional.of("1"), mapping("a: &x 1\n").text("a"));
  }

  @Test
  void aListThatContainsItselfIsRefused() {
    assertEquals(
        List.of("f.yaml:1:8: GLB1103 aliases (*x) are not read; write the value out"),
        problems("a: &x [*x]\n"));
  }

  @Test
  void mergeKeysAreRefused() {
    assertEquals(
        List.of("f.yaml:1:1: GLB1103 merge keys (<<) are not read; write the fields out"),
        problems("<<: {a: 1}\nb: 2\n"));
    assertEquals(List.of(), problems("\"<<\": {a: 1}\n"));
  }

  @Test
  void tagsAreRefused() {
    for (String tag : List.of("!!java.net.URL", "!!str", "!", "!x", "!<tag:example.org,2026:y>")) {
      List<String> found = problems("a: " + tag + " 1\n");
      assertEquals(1, found.size(), tag);
      assertTrue(found.getFirst().startsWith("f.yaml:1:4: GLB1105 the tag "), found::toString);
    }
    assertEquals(1, problems("a: !!map {b: 1}\n").size());
    assertEquals(1, problems("a: !!seq [1]\n").size());
  }

  @Test
  void keysMustBeText() {
    assertEquals(
        List.of(
            "f.yaml:1:1: GLB1106 a key is a whole number, it must be text; put it in quotes",
            "f.yaml:2:1: GLB1106 a key is true or false, it must be text; put it in quotes",
            "f.yaml:3:3: GLB1106 a key is a list, it must be text; put it in quotes",
            "f.yaml:5:2: GLB1106 a key is null, it must be text; put it in quotes"),
        problems("1: x\ntrue: {y: z}\n? [a]\n: b\n?\n: c\n"));
  }

  @Test
  void brokenYamlIsAProblemAtItsPlaceAndEarlierDocumentsAreKept() {
    YamlDocuments read = read("a: 1\n---\nb: [1\n---\n");
    assertEquals(1, read.documents().size());
    assertEquals(1, read.problems().size());
    assertTrue(
        read.problems().getFirst().toString().startsWith("f.yaml:4:1: GLB1101 not valid YAML: "),
        read.problems()::toString);
  }

  @Test
  void anEscapeThatNamesNoCharacterIsAProblemAfterTheLastPlaceThatWasRead() {
    assertEquals(
        List.of(
            "f.yaml:2:1: GLB1101 not valid YAML: after this place a \\U in double quotes names no"
                + " character"),
        problems("a: 1\nb: \"\\UFFFFFFFF\"\n"));
    assertEquals(1, problems("b: \"\\U00110000\"\n").size());
  }

  @Test
  void aTabAsIndentationIsExplained() {
    List<String> found = problems("a:\n\tb: 1\n");
    assertEquals(1, found.size());
    assertTrue(found.getFirst().startsWith("f.yaml:2:1: GLB1101"), found::toString);
    assertTrue(found.getFirst().endsWith("; indent with spaces"), found::toString);
  }

  @ParameterizedTest
  @CsvSource({"0, U+0000", "1, U+0001", "7, U+0007", "65533, U+FFFD", "55296, U+D800"})
  void whatIsNotTextIsRefusedAtItsPlace(int point, String shown) {
    assertEquals(
        List.of("f.yaml:2:4: GLB1004 the file is not UTF-8 text: found the character " + shown),
        problems("a: 1\nb: " + Character.toString(point) + "\n"));
  }

  @Test
  void aDocumentThatIsTooLongIsRefusedUnread() {
    String fits = "a: \"" + "x".repeat(YamlDocuments.LENGTH_LIMIT - 5) + "\"";
    assertEquals(List.of(), problems(fits));
    assertEquals(
        List.of(
            "f.yaml: GLB1001 the file has 262,145 characters, at most 262,144 are read; split it"),
        problems(fits + "\n"));
  }

  @Test
  void theDepthLimitIsExact() {
    int limit = YamlDocuments.DEPTH_LIMIT;
    assertEquals(List.of(), problems("[".repeat(limit) + "]".repeat(limit)));
    assertEquals(
        List.of("f.yaml:1:65: GLB1102 lists and mappings are nested deeper than 64 levels"),
        problems("[".repeat(limit + 1) + "]".repeat(limit + 1)));
  }

  @Test
  void oneMappingIsReadByItself() {
    assertEquals(
        Optional.of("192.0.2.1"),
        YamlDocuments.readOne("record", "address: 192.0.2.1\n").flatMap(r -> r.text("address")));
    for (String other : List.of("", "- a", "a: 1\n---\nb: 2", "a: 1\na: 2", "a: [", "text")) {
      assertEquals(Optional.empty(), YamlDocuments.readOne("record", other), other);
    }
  }
}
