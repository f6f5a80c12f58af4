// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every code that a program can print is explained in `schema/CODES.md`, once, and no other is.
class AllCodesTest {

  private static final Path ROOT = Path.of("../..");
  private static final Pattern CODE = Pattern.compile("GLB[0-9]{4}");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (GLB[0-9]{4}) \\|");

  private static SortedSet<String> printed() throws IOException {
    SortedSet<String> codes = new TreeSet<>();
    for (String module : List.of("schema", "reconciler", "speaker", "deploy/dist")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          Matcher found = CODE.matcher(Files.readString(file));
          while (found.find()) {
            codes.add(found.group());
          }
        }
      }
    }
    return codes;
  }

  @Test
  void everyCodeIsExplainedOnceAndInOrder() throws IOException {
    List<String> explained = new ArrayList<>();
    Matcher rows = ROW.matcher(Files.readString(ROOT.resolve("schema/CODES.md")));
    while (rows.find()) {
      explained.add(rows.group(1));
    }

    assertEquals(explained.size(), new HashSet<>(explained).size(), "twice in CODES.md");
    assertEquals(explained.stream().sorted().toList(), explained);
    assertEquals(printed(), new TreeSet<>(explained));
  }

  @Test
  void theSourcesAreThere() throws IOException {
    assertTrue(printed().size() > 50, () -> "only a few codes found; looked below " + ROOT);
  }
}
