// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A label selector as the query parameter `labelSelector` writes it: `a=b`, `a==b`, `a!=b`, `a in
/// (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas; all must hold.
///
/// @param terms what must hold
public record LabelSelector(List<Term> terms) {
  private static final String KEY = "([A-Za-z0-9][-A-Za-z0-9_./]*)";
  private static final Pattern SET_TERM = Pattern.compile(KEY + "\\s+(in|notin)\\s*\\(([^()]*)\\)");
  private static final Pattern EQUALITY_TERM =
      Pattern.compile(KEY + "\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)");
  private static final Pattern EXISTS_TERM = Pattern.compile("(!?)\\s*" + KEY);

  public LabelSelector {
    terms = List.copyOf(terms);
  }

  /// One condition on one label.
  public sealed interface Term {
    /// The label is there and has one of the values.
    record In(String key, List<String> values) implements Term {}

    /// The label is absent or has none of the values.
    record NotIn(String key, List<String> values) implements Term {}

    record Exists(String key) implements Term {}

    record Absent(String key) implements Term {}
  }

  /// Reads the query parameter; empty selects everything.
  public static Answer<LabelSelector> parse(String text) {
    List<Term> terms = new ArrayList<>();
    for (String part : splitOutsideParentheses(text)) {
      if (part.isBlank()) {
        continue;
      }
      Answer<Term> term = parseTerm(part.strip());
      switch (term) {
        case Answer.Given<Term>(Term value) -> terms.add(value);
        case Answer.Refused<Term>(Refusal refusal) -> {
          return Answer.refused(refusal);
        }
      }
    }
    return Answer.of(new LabelSelector(terms));
  }

  private static Answer<Term> parseTerm(String text) {
    Matcher set = SET_TERM.matcher(text);
    if (set.matches()) {
      List<String> values = List.of(set.group(3).strip().split("\\s*,\\s*"));
      return Answer.of(
          set.group(2).equals("in")
              ? new Term.In(set.group(1), values)
              : new Term.NotIn(set.group(1), values));
    }
    Matcher equality = EQUALITY_TERM.matcher(text);
    if (equality.matches()) {
      List<String> value = List.of(equality.group(3));
      return Answer.of(
          equality.group(2).equals("!=")
              ? new Term.NotIn(equality.group(1), value)
              : new Term.In(equality.group(1), value));
    }
    Matcher exists = EXISTS_TERM.matcher(text);
    if (exists.matches()) {
      return Answer.of(
          exists.group(1).isEmpty()
              ? new Term.Exists(exists.group(2))
              : new Term.Absent(exists.group(2)));
    }
    return Answer.refused(
        Refusal.badRequest("unable to parse requirement of the label selector: " + text));
  }

  private static List<String> splitOutsideParentheses(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int at = 0; at < text.length(); at++) {
      char letter = text.charAt(at);
      if (letter == '(') {
        depth++;
      } else if (letter == ')') {
        depth--;
      } else if (letter == ',' && depth == 0) {
        parts.add(text.substring(start, at));
        start = at + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  /// Whether an object with these labels is selected.
  ///
  /// @param object the whole object
  public boolean matches(JsonNode object) {
    if (terms.isEmpty()) {
      return true;
    }
    JsonNode labels = object.path("metadata").path("labels");
    return terms.stream().allMatch(term -> holds(term, labels));
  }

  private static boolean holds(Term term, JsonNode labels) {
    return switch (term) {
      case Term.In(String key, List<String> values) ->
          labels.has(key) && values.contains(labels.path(key).asString(""));
      case Term.NotIn(String key, List<String> values) ->
          !labels.has(key) || !values.contains(labels.path(key).asString(""));
      case Term.Exists(String key) -> labels.has(key);
      case Term.Absent(String key) -> !labels.has(key);
    };
  }
}
