// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a speaker says to the other speakers: the layer-2 addresses that it holds, and whom it
/// hears.
///
/// @param bootId names this run of the speaker
/// @param sequence counts every change up from 1; what a long poll waits for
/// @param stored the newest generation on disk
/// @param claims the addresses that it answers for, sorted
/// @param unable addresses that it is a candidate for but could not answer for now
/// @param contacts own interface → the members with whom a liveness session is up there; where
///   there are none, this node itself while others ask it there for what it announces: it hears
///   them
/// @param known every layer-2 address of the stored state; only when asked for
public record SpeakerClaims(
    NodeName node,
    String bootId,
    long sequence,
    Optional<Generation> stored,
    Presence presence,
    List<Claim> claims,
    SortedSet<IpAddress> unable,
    SortedMap<String, SortedSet<NodeName>> contacts,
    Optional<SortedSet<IpAddress>> known) {

  public SpeakerClaims {
    claims = claims.stream().sorted(Comparator.comparing(Claim::address)).toList();
    unable = Collections.unmodifiableSortedSet(new TreeSet<>(unable));
    TreeMap<String, SortedSet<NodeName>> copy = new TreeMap<>();
    contacts.forEach(
        (name, nodes) -> copy.put(name, Collections.unmodifiableSortedSet(new TreeSet<>(nodes))));
    contacts = Collections.unmodifiableSortedMap(copy);
    known = known.map(addresses -> Collections.unmodifiableSortedSet(new TreeSet<>(addresses)));
  }

  /// What the speaker is about.
  public enum Presence {
    /// Finding out who holds what; it claims nothing yet.
    STARTING,
    /// In service.
    PRESENT,
    /// About to stop: what it holds is for the next candidates.
    LEAVING
  }

  /// What it does with an address that it claims.
  public enum ClaimState {
    /// Answers for it and means to go on.
    HOLDING,
    /// Answers for it until a better candidate does.
    YIELDING
  }

  /// An address that it answers for.
  ///
  /// @param term of the candidate list under which it was claimed
  /// @param turn counts the take-overs within the term, from 1
  /// @param interfaces where it answers, sorted
  public record Claim(
      IpAddress address, Generation term, long turn, ClaimState state, List<String> interfaces) {

    public Claim {
      interfaces = interfaces.stream().sorted().toList();
      if (turn < 1) {
        throw new IllegalArgumentException("turns count from 1");
      }
    }
  }
}
