// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Community;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a [Community] back from its text form.
final class CommunityText {

  private static final Pattern FORM =
      Pattern.compile("(?:(\\d{1,5}):(\\d{1,5}))|(?:large:(\\d{1,10}):(\\d{1,10}):(\\d{1,10}))");

  private CommunityText() {}

  /// Empty when the text is no community or a number does not fit its 16 or 32 bits.
  static Optional<Community> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    if (matcher.group(1) == null) {
      return Optional.of(
          new Community.Large(
              Integer.parseUnsignedInt(matcher.group(3)),
              Integer.parseUnsignedInt(matcher.group(4)),
              Integer.parseUnsignedInt(matcher.group(5))));
    }
    int upper = Integer.parseInt(matcher.group(1));
    int lower = Integer.parseInt(matcher.group(2));
    return upper > 0xFFFF || lower > 0xFFFF
        ? Optional.empty()
        : Optional.of(new Community.Standard(upper << 16 | lower));
  }
}
