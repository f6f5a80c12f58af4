// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

/// How found values appear in messages: one line, of bounded length, without control characters.
final class Shown {

  /// Fits a terminal line beside place and code.
  private static final int LENGTH_LIMIT = 160;

  private static final int VALUE_LENGTH_LIMIT = 60;

  private Shown() {}

  /// A foreign message on one line.
  static String line(String text) {
    return cut(text, LENGTH_LIMIT);
  }

  /// A found value between double quotes.
  static String quoted(String text) {
    return '"' + cut(text, VALUE_LENGTH_LIMIT) + '"';
  }

  /// What a node is, in words.
  static String typeOf(YamlTree tree) {
    return switch (tree) {
      case YamlTree.Scalar scalar -> scalar.kind().toString();
      case YamlTree.Sequence _ -> "a list";
      case YamlTree.Mapping _ -> "a mapping";
    };
  }

  /// What a node is and, of a scalar, its text.
  static String found(YamlTree tree) {
    return tree instanceof YamlTree.Scalar scalar && scalar.kind() != YamlTree.ScalarKind.NULL
        ? typeOf(tree) + " (" + cut(scalar.text(), VALUE_LENGTH_LIMIT) + ")"
        : typeOf(tree);
  }

  private static String cut(String text, int limit) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < limit; i++) {
      char c = text.charAt(i);
      shown.append(isVisible(c) ? c : ' ');
    }
    return text.length() > limit ? shown + "…" : shown.toString();
  }

  /// Whether the character keeps to its place on the line: no control, no half of a pair, no
  /// directional mark or the like, which make a line look like another one.
  static boolean isVisible(int codePoint) {
    int type = Character.getType(codePoint);
    return type != Character.CONTROL
        && type != Character.SURROGATE
        && type != Character.FORMAT
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }
}
