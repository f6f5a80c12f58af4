// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.webhook;

import io.gitlb.reconciler.loop.TokenBucket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;

/// How many bad proofs each source may send before it gets short answers and no more lines in the
/// log: ten at once, then ten a minute. A right proof is always taken, whatever the source: behind
/// a proxy all senders have one address, and a stranger there shall not be able to shut them out.
final class BadSources {

  static final int AT_ONCE = 10;
  private static final Duration EVERY = Duration.ofSeconds(6);

  /// Sources that are remembered; beyond, the one that came first starts anew.
  private static final int MOST = 1_024;

  /// Who has a host's address mostly has its /64 too.
  private static final int IPV6_OCTETS = 8;

  // source → what it may still do (1:1)
  private final LinkedHashMap<String, TokenBucket> sources = new LinkedHashMap<>();

  /// Counts one more.
  ///
  /// @return whether it is still within the limit
  synchronized boolean note(InetAddress source, Instant now) {
    String name = name(source);
    TokenBucket bucket = sources.getOrDefault(name, TokenBucket.full(AT_ONCE, EVERY));
    if (!bucket.hasToken(now)) {
      return false;
    }
    sources.put(name, bucket.take(now));
    if (sources.size() > MOST) {
      sources.pollFirstEntry();
    }
    return true;
  }

  private static String name(InetAddress source) {
    byte[] octets = source.getAddress();
    return HexFormat.of()
        .formatHex(source instanceof Inet6Address ? Arrays.copyOf(octets, IPV6_OCTETS) : octets);
  }
}
