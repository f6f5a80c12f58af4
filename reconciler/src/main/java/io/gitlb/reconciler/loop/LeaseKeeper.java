// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Fleet;
import io.gitlb.reconciler.lease.Husbandry;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.lease.LeaseOrder;
import io.gitlb.reconciler.lease.LeaseOrder.Reclaimed;
import io.gitlb.reconciler.lease.LeaseOrder.Terms;
import io.gitlb.reconciler.lease.Reclaims;
import io.gitlb.reconciler.lease.SharedPools;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.reconciler.lease.Wants;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.loop.DefinitionsFollower.InForce;
import io.gitlb.reconciler.loop.LeasePort.Standing;
import io.gitlb.reconciler.loop.LedgerStore.CommitNote;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the blocks of shared pools that this cluster has: tells the plan what it may give of them,
/// and orders what the plan lacks.
final class LeaseKeeper {

  private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

  private final LeasePort port;
  private final ClusterName self;
  private final NeighbourKeeper neighbours;
  private final Husbandry husbandry = new Husbandry();

  /// As this pass sees it.
  private Standing standing = new Standing(-1, SnapshotMap.empty(), List.of(), Optional.empty());

  /// Blocks that are being given back. From the pass on that says so, and until the remote has told
  /// what it holds now, nothing of them is given.
  private final SortedSet<Block> returning = new TreeSet<>();

  /// Of the standing that they were ordered to be given back from.
  private long returningSince;

  private Optional<Instant> next = Optional.empty();
  private List<Failure> strays = List.of();
  private List<String> mismatches = List.of();

  LeaseKeeper(LeasePort port, NeighbourPort others, ClusterName self) {
    this.port = port;
    this.neighbours = new NeighbourKeeper(others, self);
    this.self = self;
  }

  /// Whether it has to be known first what other clusters have.
  boolean isAwaited(Definitions definitions, Instant now) {
    boolean unseen = neighbours.follow(definitions, now);
    return unseen || (port.standing().isEmpty() && !new SharedPools(definitions).isEmpty());
  }

  /// What the plan of this pass may count on.
  Fleet fleet(Definitions definitions) {
    port.standing().filter(found -> found.version() != standing.version()).ifPresent(this::take);
    SnapshotMap<Block, Lease> table = standing.table();
    for (Block block : returning) {
      table = table.without(block);
    }
    return new Fleet(self, table, neighbours.elsewhere(definitions, table));
  }

  private void take(Standing found) {
    if (!found.failure().equals(standing.failure())) {
      found.failure().ifPresent(failure -> log.warn("leases: {}", failure));
    }
    if (!found.notices().equals(standing.notices())) {
      found.notices().forEach(notice -> log.warn("leases: {}", notice));
    }
    standing = found;
    if (found.failure().isEmpty() && found.version() > returningSince) {
      returning.clear();
    }
  }

  /// Orders what is lacking and gives back what is left over, now that the plan is recorded.
  ///
  /// @param fleet as the plan saw it
  void care(InForce inForce, Ledger ledger, Fleet fleet, Wants waited, CommitNote note) {
    Husbandry.Care care =
        husbandry.care(inForce.definitions(), ledger.records(), fleet, waited, note.now());
    next = care.next();
    tellStrays(care.strays());
    if (returning.addAll(care.returned())) {
      returningSince = standing.version();
    }
    LeaseOrder order =
        new LeaseOrder(
            new Terms(self, note.clusterUid(), inForce.commit(), note.now()),
            together(waited, care.wants()),
            returning,
            reclaims(inForce.definitions(), fleet, note.now()));
    if (!order.isEmpty()) {
      port.order(order, standing.version());
    }
  }

  private SortedMap<Block, Reclaimed> reclaims(Definitions definitions, Fleet fleet, Instant now) {
    if (definitions.approvals().isEmpty()) {
      return Collections.emptySortedMap();
    }
    Reclaims reclaims = Reclaims.of(definitions, fleet, now);
    if (!reclaims.mismatches().equals(mismatches)) {
      mismatches = reclaims.mismatches();
      mismatches.forEach(mismatch -> log.info("leases: {}", mismatch));
    }
    return reclaims.blocks();
  }

  /// Who waits counts before what is nice to have.
  private static Wants together(Wants waited, Wants more) {
    SortedMap<Block, PoolName> blocks = new TreeMap<>(more.blocks());
    blocks.putAll(waited.blocks());
    SortedMap<Space, Wants.Amount> addresses = new TreeMap<>(more.addresses());
    addresses.putAll(waited.addresses());
    return new Wants(blocks, addresses);
  }

  private void tellStrays(List<Lease> found) {
    List<Failure> told =
        found.isEmpty()
            ? List.of()
            : List.of(
                new Failure(
                    "GLB6102",
                    "addresses of this cluster lie in blocks that other clusters have leased: "
                        + found.stream()
                            .map(lease -> lease.block() + " of " + lease.cluster())
                            .collect(Collectors.joining(", "))
                        + "; give their Services other addresses, or have the blocks given back"));
    if (!told.equals(strays)) {
      told.forEach(failure -> log.error("leases: {}", failure));
    }
    strays = told;
  }

  /// When time alone changes what is to be done.
  Optional<Instant> next() {
    return Stream.of(next, neighbours.next()).flatMap(Optional::stream).min(Instant::compareTo);
  }

  /// What does not work.
  List<Failure> failures() {
    List<Failure> failures = new ArrayList<>(strays);
    standing.failure().ifPresent(failures::add);
    return failures;
  }
}
