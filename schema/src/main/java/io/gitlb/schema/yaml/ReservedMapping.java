// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.IpRange;
import java.util.List;
import java.util.Optional;

/// ReservedRange.
final class ReservedMapping {

  /// In code points; fits messages and a page's table.
  private static final int REASON_LIMIT = 200;

  private ReservedMapping() {}

  static Optional<ReservedRange> read(Document document) {
    Fields spec = document.spec();
    List<IpRange> ranges = spec.filledList("addresses", Addresses::addressOrRange);
    Optional<String> reason = spec.required("reason", ReservedMapping::reason);
    return document.define(
        () ->
            new ReservedRange(
                document.name(), document.context().definition(), ranges, reason.orElseThrow()));
  }

  /// People read it in messages about other documents, so it must neither break the line nor look
  /// like something else.
  private static Optional<String> reason(Value value) {
    return value
        .text()
        .map(String::strip)
        .flatMap(
            text -> {
              if (text.isEmpty()) {
                return value.wrong("is blank; say whose the addresses are");
              }
              if (!text.codePoints().allMatch(Shown::isVisible)) {
                return value.wrong("must be one line, without control characters");
              }
              int length = text.codePointCount(0, text.length());
              return length <= REASON_LIMIT
                  ? Optional.of(text)
                  : value.wrong(
                      "has %d characters, at most %d are allowed".formatted(length, REASON_LIMIT));
            });
  }
}
