// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import java.util.Optional;

/// Reasons that people give. Others read them in messages about other documents, so they must
/// neither break the line nor look like something else.
final class Reasons {

  /// In code points; fits messages and a page's table.
  private static final int LIMIT = 200;

  private Reasons() {}

  /// The required field `reason`.
  ///
  /// @param what should be said: `say …`
  static Optional<String> read(Fields spec, String what) {
    return spec.required("reason", value -> reason(value, what));
  }

  private static Optional<String> reason(Value value, String what) {
    return value
        .text()
        .map(String::strip)
        .flatMap(
            text -> {
              if (text.isEmpty()) {
                return value.wrong("is blank; say " + what);
              }
              if (!text.codePoints().allMatch(Shown::isVisible)) {
                return value.wrong("must be one line, without control characters");
              }
              int length = text.codePointCount(0, text.length());
              return length <= LIMIT
                  ? Optional.of(text)
                  : value.wrong(
                      "has %d characters, at most %d are allowed".formatted(length, LIMIT));
            });
  }
}
