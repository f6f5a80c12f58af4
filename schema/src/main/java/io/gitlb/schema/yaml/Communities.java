// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.check.Nearest;
import io.gitlb.schema.value.Community;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// BGP communities in text.
final class Communities {

  private static final Pattern STANDARD = Pattern.compile("([0-9]{1,5}):([0-9]{1,5})");
  private static final Pattern LARGE =
      Pattern.compile("large:([0-9]{1,10}):([0-9]{1,10}):([0-9]{1,10})");

  // name in IANA's registry of well-known communities → its bits (1:1)
  private static final SortedMap<String, Integer> WELL_KNOWN =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(
              Map.of(
                  "graceful-shutdown", 0xFFFF_0000, // RFC 8326
                  "accept-own", 0xFFFF_0001, // RFC 7611
                  "llgr-stale", 0xFFFF_0006, // RFC 9494
                  "no-llgr", 0xFFFF_0007, // RFC 9494
                  "blackhole", 0xFFFF_029A, // RFC 7999
                  "no-export", 0xFFFF_FF01, // RFC 1997
                  "no-advertise", 0xFFFF_FF02, // RFC 1997
                  "no-export-subconfed", 0xFFFF_FF03, // RFC 1997
                  "nopeer", 0xFFFF_FF04))); // RFC 3765

  private Communities() {}

  /// `upper:lower`, `large:global:local1:local2`, or the name of a well-known community.
  static Optional<Community> read(Value value) {
    return value.text().flatMap(text -> parse(text).or(() -> refuse(value, text)));
  }

  private static Optional<Community> refuse(Value value, String text) {
    return value.wrong(
        "is not a community; write 64512:100, large:64512:1:2 or one of %s%s"
            .formatted(
                String.join(", ", WELL_KNOWN.keySet()),
                Nearest.question(text, WELL_KNOWN.keySet())));
  }

  static Optional<Community> parse(String text) {
    Integer wellKnown = WELL_KNOWN.get(text);
    if (wellKnown != null) {
      return Optional.of(new Community.Standard(wellKnown));
    }
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
