// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.yaml.YamlTree.Notation;
import io.gitlb.schema.yaml.YamlTree.ScalarKind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The value of a field or an item of a list. Every method that expects a type notes a problem at
/// the value's place and gives nothing when it finds another one.
///
/// @param field the path of the field, such as `spec.addresses`, the same for all items of a list
/// @param tree never null in YAML's sense
record Value(String field, YamlTree tree, Context context) {

  /// Plain words that `kubectl` (YAML 1.1) takes for something else than text.
  private static final Pattern NOT_TEXT_ELSEWHERE =
      Pattern.compile("(?i)yes|no|on|off|true|false|null|~|[-+]?0[0-9_]+|[-+]?0[xob][0-9a-f_]+");

  Optional<String> text() {
    if (!(tree instanceof YamlTree.Scalar scalar) || scalar.kind() != ScalarKind.TEXT) {
      return wrongType("text", tree instanceof YamlTree.Scalar ? "; put it in quotes" : "");
    }
    boolean ambiguous =
        scalar.notation() == Notation.PLAIN && NOT_TEXT_ELSEWHERE.matcher(scalar.text()).matches();
    return ambiguous
        ? wrong("is text here but not for every YAML reader; put it in quotes")
        : Optional.of(scalar.text());
  }

  /// Text of at least one character.
  Optional<String> filledText() {
    return text().flatMap(text -> text.isEmpty() ? wrong("must not be empty") : Optional.of(text));
  }

  /// One of some words.
  ///
  /// @param all what the word may stand for, in the order in which people read them
  /// @param word as documents write it
  <T> Optional<T> oneOf(List<T> all, Function<T, String> word) {
    return text()
        .flatMap(
            text ->
                all.stream()
                    .filter(one -> word.apply(one).equals(text))
                    .findFirst()
                    .or(() -> wrong(choice(all.stream().map(word).toList()))));
  }

  private static String choice(List<String> words) {
    return words.size() == 2
        ? "must be " + String.join(" or ", words)
        : "is none of these; allowed: " + String.join(", ", words);
  }

  Optional<Boolean> truthValue() {
    return tree instanceof YamlTree.Scalar scalar && scalar.kind() == ScalarKind.TRUTH_VALUE
        ? Optional.of(scalar.text().equals("true"))
        : wrongType("true or false", "");
  }

  /// A whole number.
  ///
  /// @param least inclusive
  /// @param most inclusive
  Optional<Long> number(long least, long most) {
    if (!(tree instanceof YamlTree.Scalar scalar) || scalar.kind() != ScalarKind.WHOLE_NUMBER) {
      return wrongType("a whole number from %d to %d".formatted(least, most), "");
    }
    // A longer one is out of every range, and slow to convert.
    boolean fits = scalar.text().length() < 20;
    BigInteger number = fits ? new BigInteger(scalar.text()) : BigInteger.ZERO;
    return fits
            && number.compareTo(BigInteger.valueOf(least)) >= 0
            && number.compareTo(BigInteger.valueOf(most)) <= 0
        ? Optional.of(number.longValueExact())
        : wrong("must be from %d to %d".formatted(least, most));
  }

  Optional<Fields> fields() {
    return tree instanceof YamlTree.Mapping mapping
        ? Optional.of(new Fields(field, mapping, context))
        : wrongType("a mapping", "");
  }

  /// All items that can be read; a value that stands twice is a problem at its second place.
  <T> List<T> items(ValueReader<T> reader) {
    if (!(tree instanceof YamlTree.Sequence sequence)) {
      Optional<T> _ = wrongType("a list", "; put it after a dash");
      return List.of();
    }
    // item → where it stood first (1:1), in the order of the text
    Map<T, YamlTree> firsts = new LinkedHashMap<>();
    for (YamlTree item : sequence.items()) {
      Value value = new Value(field, item, context);
      reader.read(value).ifPresent(read -> value.addTo(firsts, read));
    }
    return new ArrayList<>(firsts.keySet());
  }

  private <T> void addTo(Map<T, YamlTree> firsts, T read) {
    YamlTree earlier = firsts.putIfAbsent(read, tree);
    if (earlier != null) {
      problem(
          ProblemCode.DUPLICATE_ENTRY,
          "%s of %s:%sstands twice in the list, first at %s; remove one"
              .formatted(field, context.document(), shown(), earlier.place()));
    }
  }

  /// Remembers where this value of the definition stands, for the checks across documents.
  void remember(Object value) {
    context.places().put(context.definition(), field, value.toString(), tree.place());
  }

  /// Notes a wrong value.
  ///
  /// @param why goes on after the found value: `must be …`
  <T> Optional<T> wrong(String why) {
    return noted(ProblemCode.WRONG_VALUE, why);
  }

  /// The text of a scalar between spaces, or one space.
  private String shown() {
    return tree instanceof YamlTree.Scalar scalar ? " " + Shown.quoted(scalar.text()) + " " : " ";
  }

  /// Notes a problem of the value.
  ///
  /// @param why goes on after the found value: `has …`
  <T> Optional<T> noted(ProblemCode code, String why) {
    return problem(code, "%s of %s:%s%s".formatted(field, context.document(), shown(), why));
  }

  <T> Optional<T> problem(ProblemCode code, String message) {
    context.problems().add(tree.place(), code, message);
    return Optional.empty();
  }

  private <T> Optional<T> wrongType(String wanted, String advice) {
    return problem(
        ProblemCode.WRONG_TYPE,
        "%s of %s is %s, it must be %s%s"
            .formatted(field, context.document(), Shown.found(tree), wanted, advice));
  }
}
