// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import java.util.Comparator;

/// Where in the config branch something stands.
///
/// @param file the path in the commit's tree
/// @param line from 1; 0 when the whole file is meant
/// @param column from 1; 0 when the whole file is meant
public record SourcePlace(String file, int line, int column) implements Comparable<SourcePlace> {

  private static final Comparator<SourcePlace> ORDER =
      Comparator.comparing(SourcePlace::file)
          .thenComparingInt(SourcePlace::line)
          .thenComparingInt(SourcePlace::column);

  /// The file as a whole.
  public static SourcePlace of(String file) {
    return new SourcePlace(file, 0, 0);
  }

  @Override
  public int compareTo(SourcePlace other) {
    return ORDER.compare(this, other);
  }

  /// `file:line:column`, or the file alone.
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
