// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// JSON out of plain values, indented, members in the order of the calls. This package is pure, so
/// it writes the few lines itself.
final class JsonText {

  private final StringBuilder text = new StringBuilder();

  private JsonText() {}

  /// An object in the making.
  static final class Members {

    private final Map<String, Object> members = new LinkedHashMap<>();

    /// @param value a text, a number, a truth value, Members, a list of such; an empty Optional is
    ///   null; the text of anything else
    Members put(String name, Object value) {
      members.put(name, value);
      return this;
    }
  }

  /// A document, ending in a line feed.
  static String write(Members document) {
    JsonText json = new JsonText();
    json.value(document, "");
    return json.text.append('\n').toString();
  }

  private void value(Object value, String indent) {
    switch (value) {
      case Members object -> object(object, indent);
      case List<?> list -> list(list, indent);
      case Optional<?> optional ->
          optional.ifPresentOrElse(present -> value(present, indent), () -> text.append("null"));
      case Number number -> text.append(number);
      case Boolean truth -> text.append(truth);
      default -> string(value.toString());
    }
  }

  private void object(Members object, String indent) {
    String inner = indent + "  ";
    String before = "{\n";
    for (Map.Entry<String, Object> member : object.members.entrySet()) {
      text.append(before).append(inner);
      string(member.getKey());
      text.append(": ");
      value(member.getValue(), inner);
      before = ",\n";
    }
    text.append(object.members.isEmpty() ? "{}" : "\n" + indent + "}");
  }

  private void list(List<?> list, String indent) {
    String inner = indent + "  ";
    String before = "[\n";
    for (Object item : list) {
      text.append(before).append(inner);
      value(item, inner);
      before = ",\n";
    }
    text.append(list.isEmpty() ? "[]" : "\n" + indent + "]");
  }

  private void string(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c) || c == 0x2028 || c == 0x2029) {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
