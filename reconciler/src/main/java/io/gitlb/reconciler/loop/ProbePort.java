// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.conflict.ProbeKeeper.Ask;
import io.gitlb.reconciler.conflict.Verdict;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.SortedMap;

/// Asks speakers whether somebody else on the link answers for an address. One that does not say
/// otherwise asks nobody, and nothing is probed.
public interface ProbePort {

  /// The speakers that can be asked about the address: they can be reached and have it on link.
  /// Sorted; empty: there is no use in asking.
  default List<NodeName> probers(IpAddress address) {
    return List.of();
  }

  /// Asks; returns at once. The answer comes with [#probed].
  default void probe(Ask ask) {}

  /// What has come in since the last call.
  default List<Answer> probed() {
    return List.of();
  }

  /// What became of a question.
  sealed interface Answer {

    /// The question's number.
    long number();

    /// @param number the question's
    /// @param verdicts address → verdict; what is missing could not be probed
    record Told(long number, SortedMap<IpAddress, Verdict> verdicts) implements Answer {}

    /// @param number the question's
    /// @param why nobody answered, in words
    record Unasked(long number, String why) implements Answer {}
  }
}
