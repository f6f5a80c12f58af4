// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// Announced addresses that somebody else claims too, as the speakers say, and how often that
/// began. The work grows with what changes.
final class HeldConflicts {

  /// address → node that announces it → who else claims it
  private final SortedMap<IpAddress, SortedMap<NodeName, Contested>> now = new TreeMap<>();

  private final Map<ConflictKind, Long> begun = new EnumMap<>(ConflictKind.class);

  /// The speakers say something else of an address; who is another one than before is counted.
  ///
  /// @param contested node → who else claims it; empty: nobody does
  void follow(IpAddress address, SortedMap<NodeName, Contested> contested) {
    SortedMap<NodeName, Contested> before =
        Objects.requireNonNullElse(
            contested.isEmpty() ? now.remove(address) : now.put(address, contested),
            Collections.emptySortedMap());
    contested.forEach(
        (node, other) -> {
          if (!other.equals(before.get(node))) {
            begun.merge(other.kind(), 1L, Long::sum);
          }
        });
  }

  /// What does not work at the moment: one an address and node that announces it.
  List<Failure> failures() {
    return now.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().entrySet().stream()
                    .map(
                        word ->
                            new Failure(
                                code(word.getValue().kind()),
                                entry.getKey()
                                    + ": node "
                                    + word.getKey()
                                    + " announces it, and "
                                    + word.getValue().words())))
        .toList();
  }

  private static String code(ConflictKind kind) {
    return switch (kind) {
      case FOREIGN -> "GLB5010";
      case OTHER_ANNOUNCER_ON_NODE -> "GLB5011";
      case KERNEL_ANSWERS -> "GLB5012";
    };
  }

  /// How often a conflict of the kind has begun.
  long begun(ConflictKind kind) {
    return begun.getOrDefault(kind, 0L);
  }

  /// Nothing is known any more; what comes again begins anew.
  void clear() {
    now.clear();
  }
}
