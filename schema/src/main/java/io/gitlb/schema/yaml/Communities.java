// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.check.Nearest;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.WellKnownCommunity;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// BGP communities in text.
final class Communities {

  private static final Pattern STANDARD = Pattern.compile("([0-9]{1,5}):([0-9]{1,5})");
  private static final Pattern LARGE =
      Pattern.compile("large:([0-9]{1,10}):([0-9]{1,10}):([0-9]{1,10})");

  /// What is no name: somebody meant the community itself.
  private static final Pattern NUMBERS = Pattern.compile("[0-9:]+|large:.*");

  /// As object names.
  private static final int ALIAS_LIMIT = 253;

  private Communities() {}

  /// What an advertisement names: a community, or else what may be an alias.
  sealed interface Named {}

  record Written(Community community) implements Named {}

  record Alias(String name) implements Named {}

  /// `upper:lower`, `large:global:local1:local2`, or a name.
  static Optional<Named> named(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                NUMBERS.matcher(text).matches()
                    ? parse(text).<Named>map(Written::new).or(() -> refuse(value, text))
                    : alias(value).map(Alias::new));
  }

  /// The value of an alias: anything but another document's alias.
  static Optional<Community> read(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                parse(text).or(() -> WellKnownCommunity.of(text)).or(() -> refuse(value, text)));
  }

  /// A name that cannot be taken for a community.
  static Optional<String> alias(Value value) {
    Optional<String> name =
        value
            .filledText()
            .flatMap(
                text ->
                    text.length() <= ALIAS_LIMIT && text.codePoints().allMatch(Shown::isVisible)
                        ? Optional.of(text)
                        : value.wrong("is not a name"))
            .flatMap(
                text ->
                    NUMBERS.matcher(text).matches()
                        ? value.wrong("looks like a community; an alias needs another name")
                        : Optional.of(text));
    name.ifPresent(value::remember);
    return name;
  }

  private static <T> Optional<T> refuse(Value value, String text) {
    return value.wrong(
        "is not a community; write 64512:100, large:64512:1:2 or one of %s%s"
            .formatted(
                String.join(", ", WellKnownCommunity.names()),
                Nearest.question(text, WellKnownCommunity.names())));
  }

  static Optional<Community> parse(String text) {
    Matcher standard = STANDARD.matcher(text);
    if (standard.matches()) {
      long upper = Long.parseLong(standard.group(1));
      long lower = Long.parseLong(standard.group(2));
      return upper <= 0xFFFF && lower <= 0xFFFF
          ? Optional.of(new Community.Standard((int) (upper << 16 | lower)))
          : Optional.empty();
    }
    Matcher large = LARGE.matcher(text);
    return large.matches() ? large(large) : Optional.empty();
  }

  private static Optional<Community> large(Matcher matcher) {
    long global = Long.parseLong(matcher.group(1));
    long local1 = Long.parseLong(matcher.group(2));
    long local2 = Long.parseLong(matcher.group(3));
    return Math.max(global, Math.max(local1, local2)) <= 0xFFFF_FFFFL
        ? Optional.of(new Community.Large((int) global, (int) local1, (int) local2))
        : Optional.empty();
  }
}
