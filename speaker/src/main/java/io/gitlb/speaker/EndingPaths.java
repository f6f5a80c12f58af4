// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.speaker.bfd.session.RouterPath;
import io.gitlb.speaker.bfd.session.RouterTerms;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Paths that no peer uses any more and that are watched for a moment longer. Routers take the end
/// of BFD for a failure, so BGP is to have said before that the peer was removed.
final class EndingPaths {

  /// The first may come at once; there is one a second.
  private static final int LOOKS = 2;

  // path → how it was watched (1:1)
  private final SortedMap<RouterPath, RouterTerms> terms = new TreeMap<>();

  // path → how many looks it has left (1:1)
  private final Map<RouterPath, Integer> left = new HashMap<>();

  /// Nobody uses the path from now on.
  void add(RouterPath path, RouterTerms itsTerms) {
    terms.put(path, itsTerms);
    left.put(path, LOOKS);
  }

  /// These are used again.
  void revive(Collection<RouterPath> used) {
    terms.keySet().removeAll(used);
    left.keySet().removeAll(used);
  }

  boolean contain(RouterPath path) {
    return terms.containsKey(path);
  }

  /// Time goes by.
  ///
  /// @return whether one has ended
  boolean look() {
    left.replaceAll((_, looks) -> looks - 1);
    boolean ended = left.values().removeIf(looks -> looks <= 0);
    terms.keySet().retainAll(left.keySet());
    return ended;
  }

  /// Path → how it is to be watched, these and the others.
  SortedMap<RouterPath, RouterTerms> and(SortedMap<RouterPath, RouterTerms> others) {
    SortedMap<RouterPath, RouterTerms> all = new TreeMap<>(terms);
    all.putAll(others);
    return all;
  }
}
