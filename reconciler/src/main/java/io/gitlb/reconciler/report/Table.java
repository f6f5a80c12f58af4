// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import java.util.ArrayList;
import java.util.List;

/// Columns as wide as their widest cell, the last one as it is.
final class Table {

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... heads) {
    row(heads);
  }

  void row(String... cells) {
    rows.add(List.of(cells));
  }

  /// One line a row, each ending in a line feed.
  String text() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns - 1; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < columns - 1; i++) {
        String cell = row.get(i);
        text.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
      }
      text.append(row.getLast()).append('\n');
    }
    return text.toString();
  }
}
