// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import static java.util.stream.Collectors.joining;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.reconciler.plan.Refusal;
import io.gitlb.schema.model.Approval;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What guards say to people.
public final class GuardNotices {

  /// So many of many are named.
  private static final int NAMED = 3;

  private GuardNotices() {}

  /// Everything is suspended.
  ///
  /// @param words by what and why
  public static Notice suspended(String words) {
    return new Notice("GLB7004", words + "; remove the Suspension when it is over");
  }

  /// Why an address is held whose Services are missing.
  public static Refusal refusal(AllocationRecord record) {
    return Refusal.of(
        Reason.MASS_GUARD,
        "its Services are missing together with too many others of pool "
            + record.pool()
            + "; it is held until they are back or an Approval releases it");
  }

  /// One for each pool that has lost too much.
  ///
  /// @param guarded records of addresses whose Services are missing
  /// @param held all records that are held
  public static List<Notice> missing(
      Collection<AllocationRecord> guarded, Collection<AllocationRecord> held) {
    SortedMap<PoolName, List<AllocationRecord>> pools = new TreeMap<>();
    for (AllocationRecord record : guarded) {
      pools.computeIfAbsent(record.pool(), _ -> new ArrayList<>()).add(record);
    }
    return pools.entrySet().stream()
        .map(pool -> missing(pool.getKey(), pool.getValue(), held))
        .toList();
  }

  private static Notice missing(
      PoolName pool, List<AllocationRecord> guarded, Collection<AllocationRecord> held) {
    String some =
        guarded.stream()
            .limit(NAMED)
            .map(record -> record.address() + " " + record.holders().getFirst().service())
            .collect(joining(", "));
    Approval.Change change = new Approval.Change(List.of(), new TreeSet<>(List.of(pool)), "");
    String release =
        ApprovalDigest.of(ApprovalDigest.heldIn(change, held))
            .map(digest -> "an Approval of the pool with the digest " + digest + " releases them")
            .orElse("an Approval of the pool releases them");
    return new Notice(
        "GLB7005",
        "pool "
            + pool
            + ": the Services of "
            + guarded.size()
            + " addresses are missing and nobody saw them being deleted: "
            + some
            + (guarded.size() > NAMED ? " and others" : "")
            + ". That is too many at once, so they are held until the Services are back, or "
            + release);
  }
}
