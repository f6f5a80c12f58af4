// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/// Where this node stands with an address. Answers go out for Holding and Yielding only.
public sealed interface Standing {

  /// It answers.
  record Holding(Generation term, long turn, Instant since, SortedSet<String> interfaces)
      implements Standing {}

  /// It answers until another claims, and not longer than the limit.
  record Yielding(Generation term, long turn, Instant since, SortedSet<String> interfaces)
      implements Standing {}

  /// It would claim when nobody answers a probe.
  record Probing() implements Standing {}

  /// It held before this process was paused, and makes sure that nobody else does.
  record Rechecking(Generation term, long turn, Instant since, SortedSet<String> interfaces)
      implements Standing {}

  /// @param owner who holds it, as far as known
  record Standby(Optional<NodeName> owner) implements Standing {}

  /// @param reason for people
  record Unable(String reason) implements Standing {}

  /// Not any more: the newer state of a peer does not have it, and the reconciler cannot be asked.
  record GivenAway(NodeName peer) implements Standing {}

  /// Not yet, after a start.
  ///
  /// @param reason for people
  record Waiting(Hindrance hindrance, String reason) implements Standing {}

  /// What an address waits for the end of.
  enum Hindrance {
    /// It is not known yet what the other speakers know.
    UNHEARD,
    /// Nobody has confirmed the state from disk; a while without anybody to ask will do, too.
    UNCONFIRMED,
    /// Nobody has confirmed it, and it is too old for a while to do.
    TOO_OLD,
    /// The newer state of a peer does not have the address.
    GIVEN_AWAY
  }
}
