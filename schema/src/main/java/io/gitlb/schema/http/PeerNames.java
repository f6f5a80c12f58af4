// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.gitlb.schema.value.NodeName;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/// The names that the other side's certificate may carry; one of them is enough.
///
/// @param allowed whole DNS names, or `*.` and the end of one; in lower case
public record PeerNames(SortedSet<String> allowed) {

  private static final String RECONCILER = "reconciler.gitlb";
  private static final String SPEAKERS = ".speaker.gitlb";

  public PeerNames {
    allowed = Collections.unmodifiableSortedSet(new TreeSet<>(allowed));
    if (allowed.isEmpty()) {
      throw new IllegalArgumentException("without a name nobody gets in");
    }
  }

  public static PeerNames of(String... names) {
    TreeSet<String> lowerCase = new TreeSet<>();
    List.of(names).forEach(name -> lowerCase.add(name.toLowerCase(Locale.ROOT)));
    return new PeerNames(lowerCase);
  }

  /// `reconciler.gitlb`.
  public static PeerNames reconciler() {
    return of(RECONCILER);
  }

  /// `NODE.speaker.gitlb`.
  public static PeerNames speaker(NodeName node) {
    return of(node.value() + SPEAKERS);
  }

  /// The reconciler and every speaker.
  public static PeerNames reconcilerAndSpeakers() {
    return of(RECONCILER, "*" + SPEAKERS);
  }

  /// Whether a caller that was let in under this name is the reconciler.
  public static boolean isReconciler(String caller) {
    return caller.equals(RECONCILER);
  }

  /// Every speaker.
  public static PeerNames anySpeaker() {
    return of("*" + SPEAKERS);
  }

  /// Those of the presented names that are allowed, in lower case.
  public SortedSet<String> matching(Collection<String> presented) {
    TreeSet<String> matching = new TreeSet<>();
    presented.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .filter(this::allows)
        .forEach(matching::add);
    return matching;
  }

  private boolean allows(String name) {
    return allowed.stream()
        .anyMatch(
            pattern ->
                pattern.startsWith("*.")
                    ? name.length() >= pattern.length() && name.endsWith(pattern.substring(1))
                    : name.equals(pattern));
  }

  @Override
  public String toString() {
    return String.join(" or ", allowed);
  }
}
