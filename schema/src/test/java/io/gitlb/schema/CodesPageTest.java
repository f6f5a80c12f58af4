// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// CODES.md and the code know the same problems of documents; `AllCodesTest` of the distribution
/// looks at the other codes.
class CodesPageTest {

  private static List<String> rows() throws IOException {
    return Files.readAllLines(Path.of("CODES.md")).stream()
        .filter(line -> line.startsWith("| GLB1"))
        .toList();
  }

  @Test
  void thePageListsEveryCodeInOrderAndNoOther() throws IOException {
    assertEquals(
        Arrays.stream(ProblemCode.values()).map(code -> code.code() + " " + code.name()).toList(),
        rows().stream()
            .map(row -> row.split("\\|", -1))
            .map(cells -> cells[1].strip() + " " + cells[2].strip())
            .toList());
  }

  @Test
  void everyCodeHasAMeaningAnExampleAndAnAdvice() throws IOException {
    for (String row : rows()) {
      String[] cells = row.split("\\|", -1);
      assertEquals(7, cells.length, row);
      for (int i = 3; i <= 5; i++) {
        assertTrue(cells[i].strip().length() > 3, row);
      }
    }
  }

  @Test
  void noTwoProblemsShareACode() {
    Set<String> codes = new HashSet<>();
    for (ProblemCode code : ProblemCode.values()) {
      assertTrue(code.code().matches("GLB[0-9]{4}"), code::name);
      assertTrue(codes.add(code.code()), code::name);
    }
  }
}
