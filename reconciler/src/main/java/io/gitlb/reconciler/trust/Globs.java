// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import java.util.regex.Pattern;

/// Patterns of paths and names as expressions.
final class Globs {

  private Globs() {}

  /// A path: `*` and `?` stay within one level, `**` does not, and `dir/` is all below it.
  static Pattern path(String glob) {
    String whole = glob.endsWith("/") ? glob + "**" : glob;
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < whole.length()) {
      if (whole.startsWith("**/", at)) {
        text.append("(?:.*/)?");
        at += 3;
      } else if (whole.startsWith("**", at)) {
        text.append(".*");
        at += 2;
      } else {
        char c = whole.charAt(at);
        text.append(c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
        at++;
      }
    }
    return Pattern.compile(text.toString(), Pattern.DOTALL);
  }

  /// A name: `*` is anything.
  static Pattern name(String glob) {
    StringBuilder text = new StringBuilder();
    for (String part : glob.split("\\*", -1)) {
      text.append(text.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(text.toString());
  }
}
