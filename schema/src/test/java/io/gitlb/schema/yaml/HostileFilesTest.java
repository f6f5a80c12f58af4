// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReadResult;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that somebody made to do harm, or that are in the wrong place: a clear problem, soon.
class HostileFilesTest {

  /// CPU time: how long it takes by the clock also depends on what else the machine does.
  private static final Duration SOON = Duration.ofSeconds(2);

  /// By the clock, for what waits or never ends.
  private static final Duration AT_ALL = Duration.ofMinutes(1);

  private static List<Problem> refused(List<ConfigFile> files) {
    ReadResult result = assertTimeoutPreemptively(AT_ALL, () -> readSoon(files));
    return assertInstanceOf(ReadResult.Refused.class, result).problems();
  }

  private static ReadResult readSoon(List<ConfigFile> files) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    ReadResult result = DefinitionReader.read(files);
    Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - before);
    assertTrue(took.compareTo(SOON) < 0, () -> "took " + took + " of CPU time");
    return result;
  }

  private static void assertRefused(ProblemCode code, String text) {
    List<Problem> problems = refused(List.of(new ConfigFile("h.yaml", text)));
    assertTrue(
        problems.stream().anyMatch(problem -> problem.code() == code),
        () -> "no " + code + " in " + problems.stream().limit(5).toList());
  }

  /// As much of `part` as fits into one file, after `start`.
  private static String filled(String start, String part) {
    return start + part.repeat((YamlDocuments.LENGTH_LIMIT - start.length()) / part.length());
  }

  @Test
  void anAliasBomb() {
    String levels =
        IntStream.range(1, 12)
            .mapToObj(i -> "l%d: &l%d [%s]".formatted(i, i, ("*l" + (i - 1) + ",").repeat(9)))
            .collect(Collectors.joining("\n"));
    assertRefused(ProblemCode.ALIAS, "l0: &l0 [x]\n" + levels);
    assertRefused(ProblemCode.ALIAS, filled("a: &a x\nb: [", "*a,"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- ", "? ", "[[{x: "})
  void deepNesting(String opening) {
    assertRefused(ProblemCode.TOO_DEEP, opening.repeat(3_000));
    assertRefused(ProblemCode.TOO_DEEP, filled("", opening));
  }

  @Test
  void deepNestingByIndentation() {
    String levels =
        IntStream.range(0, 700)
            .mapToObj(i -> " ".repeat(i) + "a:")
            .collect(Collectors.joining("\n"));
    assertRefused(ProblemCode.TOO_DEEP, levels);
  }

  @Test
  void longFiles() {
    assertRefused(ProblemCode.FILE_TOO_LARGE, "a: " + "x".repeat(4 << 20));
    assertRefused(ProblemCode.FILE_TOO_LARGE, "x".repeat(50 << 20));
  }

  @Test
  void manyLargeFiles() {
    String text = filled("", "# 3456789\n");
    List<ConfigFile> files = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      files.add(new ConfigFile("h%d.yaml".formatted(i), text));
    }
    assertTrue(refused(files).getFirst().code() == ProblemCode.FILE_TOO_LARGE);
  }

  /// The longest things that fit: what costs the library most.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "x ",
        "1",
        "x\n\n",
        "'",
        "\"",
        "\"\\",
        "-",
        "- \n",
        "-\n",
        ",",
        ":",
        ": ",
        "a: b\n",
        "a:\n",
        "? a\n",
        "#",
        "# \n",
        "&a ",
        "&a",
        "*a ",
        "!",
        "!a ",
        "%TAG ! x\n",
        "%Y\n",
        "%",
        "|\n",
        ">",
        "\n",
        " \n",
        " ",
        "\r",
        "\t",
        "---\n",
        "--- a\n",
        "...\n",
        "{a",
        "{a,",
        "[]",
        "[] ",
        "[a,",
        "[a: ",
        "{}: ",
        "{a: b}\n",
        "\\U",
        "\u2028",
        "ä",
        "😀",
        "`",
        "@",
        "<<: ",
        "[? ",
        "a: |\n ",
        "k: >-\n\n "
      })
  void muchOfOneThing(String part) {
    refused(List.of(new ConfigFile("h.yaml", filled("", part))));
    refused(List.of(new ConfigFile("h.yaml", filled("a: \"", part))));
    refused(List.of(new ConfigFile("h.yaml", filled("a: [x, ", part))));
    refused(List.of(new ConfigFile("h.yaml", filled("a: ", part) + "\nb: c")));
  }

  @Test
  void manyDocuments() {
    assertRefused(ProblemCode.TOO_MANY_DOCUMENTS, "---\n".repeat(1 << 16));
    assertRefused(ProblemCode.TOO_MANY_DOCUMENTS, "--- a\n".repeat(40_000));
  }

  @Test
  void manyProblemsAreCutOff() {
    String fields =
        IntStream.range(0, 9_000).mapToObj(i -> "f" + i + ": 1").collect(Collectors.joining("\n"));
    assertRefused(
        ProblemCode.MORE_PROBLEMS,
        "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a}\n" + fields);
  }

  @Test
  void manyPoolsThatAllOverlapAndManyReferencesToNothing() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1_500; i++) {
      text.append(
          """
          ---
          apiVersion: gitlb.io/v1
          kind: IPAddressPool
          metadata: {name: p%d}
          spec: {addresses: [192.0.2.0/24]}
          """
              .formatted(i));
    }
    StringBuilder references = new StringBuilder();
    for (int i = 0; i < 1_500; i++) {
      references.append(
          """
          ---
          apiVersion: gitlb.io/v1
          kind: L2Advertisement
          metadata: {name: a%d}
          spec: {ipAddressPools: [q%d, r%d]}
          """
              .formatted(i, i, i));
    }
    List<Problem> problems =
        refused(
            List.of(
                new ConfigFile("p.yaml", text.toString()),
                new ConfigFile("r.yaml", references.toString())));
    assertTrue(problems.stream().anyMatch(p -> p.code() == ProblemCode.POOLS_OVERLAP));
    assertTrue(problems.stream().anyMatch(p -> p.code() == ProblemCode.UNKNOWN_REFERENCE));
  }

  @Test
  void binaryFiles() {
    assertRefused(ProblemCode.NOT_TEXT, "\u0000\u0001\u0002");
    assertRefused(ProblemCode.NOT_TEXT, "a: b\u0000");
    assertRefused(ProblemCode.NOT_TEXT, "\u001F\uFFFD\b\u0000");
  }

  @Test
  void tagsOfJavaClasses() {
    assertRefused(ProblemCode.TAG, "!!javax.script.ScriptEngineManager [!!java.net.URL [x]]");
  }

  @Test
  void manyKeysWithOneHash() {
    String keys =
        IntStream.range(0, 1 << 13)
            .mapToObj(HostileFilesTest::keyWithTheSameHash)
            .collect(Collectors.joining(": 1\n", "", ": 1\n"));
    refused(List.of(new ConfigFile("h.yaml", keys)));
  }

  /// "Aa" and "BB" have the same hash code, and so has every row of them.
  private static String keyWithTheSameHash(int bits) {
    return IntStream.range(0, 13)
        .mapToObj(bit -> (bits >> bit & 1) == 0 ? "Aa" : "BB")
        .collect(Collectors.joining());
  }
}
