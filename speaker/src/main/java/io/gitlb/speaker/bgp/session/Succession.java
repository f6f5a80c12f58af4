// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bgp.PeerConfig;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/// Which session goes on as which, or makes room for which, where the set of peers changes. A peer
/// is known by its name, and where that is another one now by what it is: a session outlives the
/// name that we have for it, and a router that gets another name and other settings is told that
/// the old session ends before the new one begins.
final class Succession {

  private final SortedMap<PeerName, PeerConfig> after;

  // What none of those that are to be continues yet.
  private final SortedMap<PeerName, PeerConfig> left;

  private final SortedMap<PeerName, PeerName> found = new TreeMap<>();

  private Succession(Map<PeerName, PeerConfig> before, SortedMap<PeerName, PeerConfig> after) {
    this.after = after;
    this.left = new TreeMap<>(before);
  }

  /// Peer that is to be → the one that it continues (1:1). What is in one place only is new, or
  /// gone.
  static SortedMap<PeerName, PeerName> of(
      Map<PeerName, PeerConfig> before, SortedMap<PeerName, PeerConfig> after) {
    Succession all = new Succession(before, after);
    all.matchNames(PeerConfig::keepsSessionOf);
    all.matchAny(PeerConfig::keepsSessionOf);
    all.matchNames(Succession::isSameRouter);
    all.matchAny(Succession::isSameRouter);
    all.matchNames((_, _) -> true);
    return all.found;
  }

  private static boolean isSameRouter(PeerConfig now, PeerConfig old) {
    return now.transport().hasRemoteOf(old.transport());
  }

  private void matchNames(BiPredicate<PeerConfig, PeerConfig> continues) {
    for (PeerConfig now : after.values()) {
      PeerConfig old = found.containsKey(now.name()) ? null : left.get(now.name());
      if (old != null && continues.test(now, old)) {
        match(now, old);
      }
    }
  }

  private void matchAny(BiPredicate<PeerConfig, PeerConfig> continues) {
    for (PeerConfig now : after.values()) {
      if (!left.isEmpty() && !found.containsKey(now.name())) {
        left.values().stream()
            .filter(old -> continues.test(now, old))
            .findFirst()
            .ifPresent(old -> match(now, old));
      }
    }
  }

  private void match(PeerConfig now, PeerConfig old) {
    left.remove(old.name());
    found.put(now.name(), old.name());
  }
}
