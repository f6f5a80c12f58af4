// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.reconciler.lease.LeaseOrder.Reclaimed;
import io.gitlb.schema.model.Approval;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpRangeSet;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Blocks of clusters that are gone for good, which an Approval gives to this one. Its `addresses`
/// cover the blocks, and its digest is that of their files on the branch `leases`, one after the
/// other by address: `git show leases:PATH… | sha256sum`. So it is about those very leases, and is
/// spent when they have ended.
///
/// @param blocks block → the lease that ends
/// @param mismatches Approvals that cover blocks of others and have another digest, in words
public record Reclaims(SortedMap<Block, Reclaimed> blocks, List<String> mismatches) {

  public Reclaims {
    blocks = Collections.unmodifiableSortedMap(new TreeMap<>(blocks));
    mismatches = List.copyOf(mismatches);
  }

  /// What the Approvals say at this time.
  public static Reclaims of(Definitions definitions, Fleet fleet, Instant now) {
    SortedMap<Block, Reclaimed> blocks = new TreeMap<>();
    List<String> mismatches = new ArrayList<>();
    SharedPools pools = new SharedPools(definitions);
    for (Approval approval : definitions.approvals()) {
      if (approval.grant() instanceof Approval.Change change && now.isBefore(approval.expires())) {
        IpRangeSet covered = IpRangeSet.of(change.addresses());
        List<Lease> others =
            fleet.leases().values().stream()
                .filter(lease -> !fleet.isOwn(lease) && covered.contains(lease.block().range()))
                .filter(lease -> !pools.spacesOf(lease.block()).isEmpty())
                .toList();
        String digest = digest(others);
        if (digest.equals(change.digest())) {
          others.forEach(lease -> blocks.put(lease.block(), new Reclaimed(lease, approval.name())));
        } else if (!others.isEmpty()) {
          mismatches.add(
              "Approval %s covers blocks that other clusters have leased (%s). To take them over for good, give it the digest %s"
                  .formatted(
                      approval.name(),
                      String.join(
                          ", ",
                          others.stream().map(l -> l.block() + " of " + l.cluster()).toList()),
                      digest));
        }
      }
    }
    return new Reclaims(blocks, mismatches);
  }

  /// The digest that an Approval names to reclaim these leases: `sha256:` and 64 hexadecimal
  /// digits.
  ///
  /// @param leases by block
  public static String digest(List<Lease> leases) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      leases.forEach(
          lease -> sha256.update(LeaseText.write(lease).getBytes(StandardCharsets.UTF_8)));
      return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
