// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;

/// BGP sessions to one peer that come, go or are set up anew.
///
/// @param nodes whose sessions; empty when no node is known that has a speaker
public record SessionChange(PeerName peer, Kind kind, SortedSet<NodeName> nodes)
    implements Comparable<SessionChange> {

  private static final Comparator<SessionChange> ORDER =
      Comparator.comparing(SessionChange::kind).thenComparing(SessionChange::peer);

  public SessionChange {
    nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
  }

  /// What becomes of the sessions, the worst first.
  public enum Kind {
    CLOSED("closed"),
    /// A setting changes that both sides agree on when they connect.
    RESET("reset"),
    OPENED("opened");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /// For people and machines.
    public String text() {
      return text;
    }
  }

  @Override
  public int compareTo(SessionChange other) {
    return ORDER.compare(this, other);
  }
}
