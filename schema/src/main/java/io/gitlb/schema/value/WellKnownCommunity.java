// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import io.gitlb.schema.value.Community.Standard;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Communities with a name of their own in IANA's registry of well-known communities.
public final class WellKnownCommunity {

  /// The routes are about to go: prefer others (RFC 8326).
  public static final Community GRACEFUL_SHUTDOWN = new Standard(0xFFFF_0000);

  // name → the community (1:1)
  private static final SortedMap<String, Community> BY_NAME =
      new TreeMap<>(
          Map.of(
              "graceful-shutdown", GRACEFUL_SHUTDOWN,
              "accept-own", new Standard(0xFFFF_0001), // RFC 7611
              "llgr-stale", new Standard(0xFFFF_0006), // RFC 9494
              "no-llgr", new Standard(0xFFFF_0007), // RFC 9494
              "blackhole", new Standard(0xFFFF_029A), // RFC 7999
              "no-export", new Standard(0xFFFF_FF01), // RFC 1997
              "no-advertise", new Standard(0xFFFF_FF02), // RFC 1997
              "no-export-subconfed", new Standard(0xFFFF_FF03), // RFC 1997
              "nopeer", new Standard(0xFFFF_FF04))); // RFC 3765

  private WellKnownCommunity() {}

  /// The one of that name.
  public static Optional<Community> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /// All names, sorted.
  public static SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(BY_NAME.keySet()));
  }
}
