// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

import io.gitlb.apiserver.resource.ResourceKind.SelectableField;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A field selector as the query parameter `fieldSelector` writes it: `a=b`, `a==b`, `a!=b`, joined
/// by commas; all must hold. Only the fields that the kind's line in the table names can be
/// selected, as on a real server.
///
/// @param terms what must hold
public record FieldSelector(List<Term> terms) {
  private static final SelectableField NAME = new SelectableField(List.of("metadata", "name"), "");
  private static final SelectableField NAMESPACE =
      new SelectableField(List.of("metadata", "namespace"), "");

  public FieldSelector {
    terms = List.copyOf(terms);
  }

  /// What a field must be.
  public enum Operator {
    EQUAL,
    UNEQUAL
  }

  /// One condition on one field.
  public record Term(SelectableField field, Operator operator, String value) {

    boolean holds(JsonNode object) {
      JsonNode found = JsonTree.at(object, field.path());
      String text = found.isValueNode() && !found.isNull() ? found.asString() : field.ifAbsent();
      return switch (operator) {
        case EQUAL -> text.equals(value);
        case UNEQUAL -> !text.equals(value);
      };
    }
  }

  /// Reads the query parameter; empty selects everything.
  public static Answer<FieldSelector> parse(ResourceKind kind, String text) {
    List<Term> terms = new ArrayList<>();
    for (String part : text.split(",")) {
      if (part.isBlank()) {
        continue;
      }
      int equals = part.indexOf('=');
      if (equals < 0) {
        return Answer.refused(Refusal.badRequest("invalid field selector: " + part));
      }
      boolean unequal = equals > 0 && part.charAt(equals - 1) == '!';
      boolean doubled = equals + 1 < part.length() && part.charAt(equals + 1) == '=';
      String name = part.substring(0, unequal ? equals - 1 : equals).strip();
      String value = part.substring(doubled ? equals + 2 : equals + 1).strip();
      SelectableField field = fieldOf(kind, name);
      if (field == null) {
        return Answer.refused(Refusal.badRequest("field label not supported: " + name));
      }
      terms.add(new Term(field, unequal ? Operator.UNEQUAL : Operator.EQUAL, value));
    }
    return Answer.of(new FieldSelector(terms));
  }

  private static @org.jspecify.annotations.Nullable SelectableField fieldOf(
      ResourceKind kind, String name) {
    return switch (name) {
      case "metadata.name" -> NAME;
      case "metadata.namespace" -> NAMESPACE;
      default -> kind.selectableFields().get(name);
    };
  }

  /// Whether an object is selected.
  public boolean matches(JsonNode object) {
    return terms.stream().allMatch(term -> term.holds(object));
  }
}
