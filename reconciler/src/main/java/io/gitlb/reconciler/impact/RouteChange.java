// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;

/// A prefix that a peer hears of otherwise than before.
///
/// @param before the nodes that tell the peer of it now
/// @param after those that will
public record RouteChange(
    PeerName peer,
    IpPrefix prefix,
    Kind kind,
    SortedSet<NodeName> before,
    SortedSet<NodeName> after)
    implements Comparable<RouteChange> {

  private static final Comparator<RouteChange> ORDER =
      Comparator.comparing(RouteChange::peer)
          .thenComparing(RouteChange::kind)
          .thenComparing(RouteChange::prefix);

  public RouteChange {
    before = Collections.unmodifiableSortedSet(new TreeSet<>(before));
    after = Collections.unmodifiableSortedSet(new TreeSet<>(after));
  }

  /// What changes.
  public enum Kind {
    WITHDRAWN("withdrawn"),
    ADDED("added"),
    /// Other nodes tell of it.
    OTHER_NODES("other nodes"),
    /// The same nodes tell of it, with other communities or another preference.
    OTHER_ATTRIBUTES("other attributes");

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
  public int compareTo(RouteChange other) {
    return ORDER.compare(this, other);
  }
}
