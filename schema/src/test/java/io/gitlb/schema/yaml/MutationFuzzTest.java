// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Any mutation of the examples is accepted or refused, never an exception; refused ones say where,
/// on one line.
class MutationFuzzTest {

  private static final int MUTATIONS_A_ROUND = 4_000;

  private static final List<String> PIECES =
      List.of(
          "\n",
          " ",
          "  ",
          "\t",
          "- ",
          ": ",
          ":",
          "\"",
          "'",
          "[",
          "]",
          "{",
          "}",
          ",",
          "#",
          "&a ",
          "*a",
          "!!str ",
          "!x ",
          "|\n",
          ">\n",
          "? ",
          "---\n",
          "...\n",
          "%YAML 1.1\n",
          "<<: ",
          "null",
          "true",
          "yes",
          "0",
          "-1",
          "99999999999999999999",
          "1e3",
          ".nan",
          "::",
          "::ffff:192.0.2.1",
          "192.0.2.0/24",
          "/",
          "-",
          "\\",
          "\"\\U00110000\"",
          "\"\\xZZ\"",
          "\u0000",
          "\uD800",
          "\uFEFF",
          "\r\n",
          "\u2028",
          "😀",
          "metadata:",
          "spec:",
          "kind: BGPPeer\n",
          "password: x\n",
          "peers:",
          "name: lan\n",
          "large:1:2:3",
          "90s",
          "1h1h",
          "%s%n",
          "exclude:",
          "quota: 1\n",
          "retain: 0s\n",
          "reason: x\n",
          "kind: ReservedRange\n");

  @Test
  void everyMutationIsAcceptedOrRefused() {
    int rounds = Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < MUTATIONS_A_ROUND; i++) {
        long seed = 7_001L * round + i;
        List<ConfigFile> files = mutated(new Random(seed));
        try {
          check(DefinitionReader.read(files));
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
          fail("seed " + seed + ": " + e, e);
        }
      }
    }
  }

  private static void check(ReadResult result) {
    switch (result) {
      case ReadResult.Accepted _ -> {
        // Many mutations of comments and names change nothing that matters.
      }
      case ReadResult.Refused(List<Problem> problems) ->
          problems.forEach(
              problem -> {
                assertEquals(1, problem.message().lines().count(), problem::toString);
                assertFalse(problem.message().isBlank());
                assertFalse(problem.place().file().isEmpty());
              });
    }
  }

  private static List<ConfigFile> mutated(Random random) {
    List<ConfigFile> files = new ArrayList<>(ExampleFiles.ofDemoCluster());
    int which = random.nextInt(files.size());
    StringBuilder text = new StringBuilder(files.get(which).text());
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times; i++) {
      mutate(text, random);
    }
    files.set(which, new ConfigFile(files.get(which).path(), text.toString()));
    return files;
  }

  private static void mutate(StringBuilder text, Random random) {
    int at = random.nextInt(text.length() + 1);
    int length = Math.min(random.nextInt(12), text.length() - at);
    switch (random.nextInt(6)) {
      case 0 -> text.delete(at, at + length);
      case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
      case 2 -> text.replace(at, at + length, PIECES.get(random.nextInt(PIECES.size())));
      case 3 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, at + length));
      case 4 -> text.insert(at, (char) random.nextInt(0x250));
      default -> text.setLength(at);
    }
  }
}
