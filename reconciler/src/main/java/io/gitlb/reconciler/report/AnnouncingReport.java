// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who announces what, and what would become of it without a node.
///
/// @param at the time of the pass that it shows
/// @param addresses sorted by address
/// @param nodes every one with a speaker, sorted by name
/// @param drain what would change; empty when nobody asked
public record AnnouncingReport(
    Instant at, List<AddressLine> addresses, List<NodeLine> nodes, Optional<Drain> drain) {

  public AnnouncingReport {
    addresses = List.copyOf(addresses);
    nodes = List.copyOf(nodes);
  }

  /// One address that has a record, or that a stranger on the link uses.
  ///
  /// @param services whose it is, sorted
  /// @param record the state of its record, `held` among others; `squatted` without one
  /// @param reason the word that the condition `gitlb.io/Announced` would have for it alone
  /// @param message likewise
  /// @param owner who announces it on its link
  /// @param since when the owner became it
  /// @param nodes all that announce it, by routes too
  /// @param candidates best first
  /// @param conflicts who else claims it, for people
  public record AddressLine(
      IpAddress address,
      List<ServiceRef> services,
      String record,
      String reason,
      String message,
      Optional<NodeName> owner,
      Optional<Instant> since,
      SortedSet<NodeName> nodes,
      List<Place> candidates,
      List<String> conflicts) {

    public AddressLine {
      services = List.copyOf(services);
      nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
      candidates = List.copyOf(candidates);
      conflicts = List.copyOf(conflicts);
    }
  }

  /// A node's place on the list of an address.
  ///
  /// @param why what put it there; empty: nothing but the spread
  public record Place(NodeName node, List<String> why) {

    public Place {
      why = List.copyOf(why);
    }
  }

  /// One node.
  ///
  /// @param speaker `up`, or why it is not
  /// @param addresses how many it announces on links
  /// @param interfaces interface that layer 2 answers on → the prefixes that it reaches
  public record NodeLine(
      NodeName node,
      String speaker,
      int addresses,
      SortedMap<String, SortedSet<IpPrefix>> interfaces) {

    public NodeLine {
      interfaces = Collections.unmodifiableSortedMap(new TreeMap<>(interfaces));
    }
  }

  /// What would change if a node, its speaker and its endpoints were gone.
  ///
  /// @param moves the addresses that would be announced by others, or by nobody
  /// @param unserved how many of them by nobody
  public record Drain(NodeName node, List<Move> moves, long unserved) {

    public Drain {
      moves = List.copyOf(moves);
    }
  }

  /// @param to where it would be announced on its link; empty: nowhere
  /// @param why the reason and the message when it would not be announced at all
  public record Move(
      IpAddress address,
      List<ServiceRef> services,
      NodeName from,
      Optional<NodeName> to,
      Optional<String> why) {

    public Move {
      services = List.copyOf(services);
    }
  }
}
