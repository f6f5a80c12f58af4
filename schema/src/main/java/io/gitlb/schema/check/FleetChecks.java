// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Ownership;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The check across clusters that keep their definitions in one repository: an address is one
/// cluster's, or lies in a pool that all who have it share. A shared pool has one name and the same
/// addresses everywhere, for its blocks are leased by address, and a cluster that has only a part
/// of one would be given addresses that it cannot use.
public final class FleetChecks {

  private FleetChecks() {}

  private record Claim(ClusterName cluster, AddressPool pool, IpRange range) {

    Problem problem(ProblemCode code, String message) {
      return new Problem(pool.place(), code, message);
    }
  }

  private static final Comparator<Claim> ORDER =
      Comparator.comparing(Claim::range)
          .thenComparing(Claim::cluster)
          .thenComparing(claim -> claim.pool().name());

  /// Checks the definitions of all clusters, each checked by itself before.
  ///
  /// @param clusters cluster → what its configuration paths hold
  /// @return sorted, at most one for a pool; empty when all is well
  public static List<Problem> check(SortedMap<ClusterName, Definitions> clusters) {
    // pool → what is wrong with it first
    Map<AddressPool, Problem> problems = new TreeMap<>(Comparator.comparing(AddressPool::place));
    List<Claim> open = new ArrayList<>();
    for (Claim claim : claims(clusters)) {
      open.removeIf(before -> !before.range().overlaps(claim.range()));
      for (Claim before : open) {
        if (!before.cluster().equals(claim.cluster())) {
          boolean inOrder = before.cluster().compareTo(claim.cluster()) < 0;
          Claim later = inOrder ? claim : before;
          problem(inOrder ? before : claim, later)
              .ifPresent(found -> problems.putIfAbsent(later.pool(), found));
        }
      }
      open.add(claim);
    }
    return problems.values().stream().sorted().toList();
  }

  private static List<Claim> claims(SortedMap<ClusterName, Definitions> clusters) {
    List<Claim> claims = new ArrayList<>();
    clusters.forEach(
        (cluster, definitions) ->
            definitions
                .pools()
                .forEach(
                    pool ->
                        pool.ranges()
                            .forEach(range -> claims.add(new Claim(cluster, pool, range)))));
    claims.sort(ORDER);
    return claims;
  }

  /// @param b of the cluster with the later name, which is the one that is told
  private static Optional<Problem> problem(Claim a, Claim b) {
    if (a.pool().rules().ownership() != Ownership.SHARED
        || b.pool().rules().ownership() != Ownership.SHARED) {
      return Optional.of(b.problem(ProblemCode.CLAIMED_TWICE, claimedTwice(a, b)));
    }
    if (!a.pool().name().equals(b.pool().name()) || !haveTheSameAddresses(a.pool(), b.pool())) {
      return Optional.of(
          b.problem(
              ProblemCode.SHARED_POOLS_DIFFER,
              "%s of shared pool %s of cluster %s overlaps %s of shared pool %s of cluster %s (%s); a shared pool has one name and the same spec.addresses in every cluster"
                  .formatted(
                      b.range(),
                      b.pool().name(),
                      b.cluster(),
                      a.range(),
                      a.pool().name(),
                      a.cluster(),
                      a.pool().place())));
    }
    return Optional.empty();
  }

  private static String claimedTwice(Claim a, Claim b) {
    return a.pool().place().equals(b.pool().place())
        ? "pool %s is read by the clusters %s and %s, which would give the same addresses; say shared: true (gitlb.io/v1), or move the document to the directory of one cluster"
            .formatted(b.pool().name(), a.cluster(), b.cluster())
        : "%s of pool %s of cluster %s overlaps %s of pool %s of cluster %s (%s); an address is one cluster's, unless both pools say shared: true (gitlb.io/v1)"
            .formatted(
                b.range(),
                b.pool().name(),
                b.cluster(),
                a.range(),
                a.pool().name(),
                a.cluster(),
                a.pool().place());
  }

  /// However they are written.
  private static boolean haveTheSameAddresses(AddressPool a, AddressPool b) {
    return IpRangeSet.of(a.ranges()).ranges().equals(IpRangeSet.of(b.ranges()).ranges());
  }
}
