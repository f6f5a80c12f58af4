// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.show;

import java.util.ArrayList;
import java.util.List;

/// Columns as wide as their widest cell, the last one as it is.
final class Table {

  /// Stands where there is nothing to say.
  static final String NOTHING = "-";

  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... heads) {
    row(heads);
  }

  /// @param cells as many as there are heads; line feeds become spaces
  void row(String... cells) {
    List<String> row = new ArrayList<>(cells.length);
    for (String cell : cells) {
      row.add(cell.isBlank() ? NOTHING : cell.replace('\n', ' '));
    }
    rows.add(row);
  }

  /// One line a row, without a line feed at the end.
  String text() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = row.get(i);
        line.append(cell).append(" ".repeat(widths[i] - cell.length())).append(GAP);
      }
      lines.add(line.toString().stripTrailing());
    }
    return String.join("\n", lines);
  }
}
