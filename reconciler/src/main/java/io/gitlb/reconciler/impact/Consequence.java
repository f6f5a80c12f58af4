// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a change does to one Service.
///
/// @param before what it has
/// @param after what it has when the change is in force and nothing is approved
/// @param concerned those of `before` that the change takes away, holds or silences, sorted
/// @param approved what it has once the change is approved as well; differs from `after` only where
///   something is held
/// @param cause why; empty when nothing is taken
/// @param holdings what the ledger says of `before`, and where it is announced
public record Consequence(
    ServiceRef service,
    Kind kind,
    List<IpAddress> before,
    List<IpAddress> after,
    SortedSet<IpAddress> concerned,
    List<IpAddress> approved,
    Optional<Cause> cause,
    List<Holding> holdings)
    implements Comparable<Consequence> {

  private static final Comparator<Consequence> ORDER =
      Comparator.comparing(Consequence::kind).thenComparing(Consequence::service);

  public Consequence {
    before = List.copyOf(before);
    after = List.copyOf(after);
    concerned = Collections.unmodifiableSortedSet(new TreeSet<>(concerned));
    approved = List.copyOf(approved);
    holdings = List.copyOf(holdings);
  }

  /// What becomes of a Service, the worst first.
  public enum Kind {
    /// It has an address and will have none.
    LOSES("loses"),
    /// It has another address afterwards.
    MOVES("moves"),
    /// It keeps its address and no node announces it any more.
    NOT_ANNOUNCED("not announced"),
    /// The definitions take its address away; it is announced on as before until an Approval lets
    /// it go.
    HELD("held"),
    /// Nothing is known of it but its record, and the change may concern it.
    UNKNOWN("unknown"),
    /// Nothing is known of it but its record, and nothing that the record depends on changes.
    UNSEEN("unseen"),
    /// Its address was held before and still is.
    STILL_HELD("still held"),
    /// It gets an address that it did not have, or one of its addresses is announced that was not.
    GAINS("gains"),
    /// Its address was held and is given by the definitions again.
    RESTORED("restored"),
    /// Nothing changes for it.
    KEEPS("keeps");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /// For people and machines.
    public String text() {
      return text;
    }

    /// Whether traffic of a live Service suffers, waits for a decision, or may.
    public boolean isDisruptive() {
      return switch (this) {
        case LOSES, MOVES, NOT_ANNOUNCED, HELD, UNKNOWN -> true;
        case UNSEEN, STILL_HELD, GAINS, RESTORED, KEEPS -> false;
      };
    }
  }

  /// Why something is taken.
  ///
  /// @param message for people, one line
  public record Cause(Reason reason, String message) {}

  /// What the ledger says of an address.
  ///
  /// @param since when its state began
  /// @param announcer the node that announces it on its link, as far as that is known
  public record Holding(
      IpAddress address, PoolName pool, Instant since, Optional<NodeName> announcer) {}

  @Override
  public int compareTo(Consequence other) {
    return ORDER.compare(this, other);
  }
}
