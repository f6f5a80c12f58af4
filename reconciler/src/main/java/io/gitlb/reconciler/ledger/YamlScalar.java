// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// One piece of text as a YAML scalar that every YAML reader, old or new, takes for that text.
public final class YamlScalar {

  /// Starts with a letter and has nothing that YAML gives a meaning to.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9./-]*");

  /// What some version of YAML reads as a boolean or as nothing.
  private static final Set<String> WORDS =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private YamlScalar() {}

  /// Plain where that is safe, otherwise quoted.
  public static String of(String text) {
    boolean plain = PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
    return plain ? text : quoted(text);
  }

  /// In double quotes, with whatever is not printable ASCII escaped.
  public static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7E) {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
