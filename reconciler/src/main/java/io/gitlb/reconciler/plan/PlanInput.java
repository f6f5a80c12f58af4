// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.lease.Fleet;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// All that a plan depends on; the same input gives the same plan.
///
/// @param configCommit the commit that the definitions are of, 40 hexadecimal digits
/// @param previousCommit the accepted commit before it: an address that these definitions take away
///   is held under that one
/// @param adoption whether an address in a status that no record knows is taken into the ledger
/// @param guards what protects live addresses besides
/// @param fleet what other clusters have, and the blocks of shared pools that this one has
/// @param now the time of the pass
public record PlanInput(
    Definitions definitions,
    String configCommit,
    Optional<String> previousCommit,
    Ledger ledger,
    ClusterView view,
    SpeakerFacts speakers,
    Adoption adoption,
    Guards guards,
    Fleet fleet,
    Instant now) {

  /// Of a cluster that is alone.
  public PlanInput(
      Definitions definitions,
      String configCommit,
      Optional<String> previousCommit,
      Ledger ledger,
      ClusterView view,
      SpeakerFacts speakers,
      Adoption adoption,
      Guards guards,
      Instant now) {
    this(
        definitions,
        configCommit,
        previousCommit,
        ledger,
        view,
        speakers,
        adoption,
        guards,
        Fleet.NONE,
        now);
  }

  /// Of a cluster that is alone; nothing is cut off and nothing approved.
  public PlanInput(
      Definitions definitions,
      String configCommit,
      Optional<String> previousCommit,
      Ledger ledger,
      ClusterView view,
      SpeakerFacts speakers,
      Adoption adoption,
      Instant now) {
    this(
        definitions,
        configCommit,
        previousCommit,
        ledger,
        view,
        speakers,
        adoption,
        Guards.NONE,
        Fleet.NONE,
        now);
  }

  /// Whether the ledger is being built or rebuilt.
  public enum Adoption {
    /// What live statuses show and no record knows is taken over.
    OPEN,
    /// The ledger is right, whatever statuses show.
    CLOSED
  }

  /// What the speakers told.
  ///
  /// @param announced address → the first of the nodes that announce it
  /// @param withdrawn addresses of records that are releasing and that every speaker that had them
  ///   has acknowledged to be without
  public record SpeakerFacts(
      SnapshotMap<IpAddress, NodeName> announced, SortedSet<IpAddress> withdrawn) {

    /// Nothing was heard.
    public static final SpeakerFacts NONE =
        new SpeakerFacts(SnapshotMap.empty(), Collections.emptySortedSet());

    public SpeakerFacts {
      withdrawn = Collections.unmodifiableSortedSet(new TreeSet<>(withdrawn));
    }
  }
}
