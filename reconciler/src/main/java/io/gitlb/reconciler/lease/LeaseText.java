// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.ledger.YamlScalar;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// The file of a lease on the branch `leases`: YAML, the same bytes for the same lease, at the path
/// that the record of the block's first address has in a ledger.
public final class LeaseText {

  private LeaseText() {}

  /// What a file of the branch is.
  public sealed interface Reading {

    /// A lease.
    record Read(Lease lease) implements Reading {}

    /// None, at a path where a lease belongs: nobody knows who has the block.
    ///
    /// @param why in words
    record Wrong(Block block, String why) implements Reading {}

    /// Nothing of ours.
    record Foreign() implements Reading {}
  }

  /// Where the block's file lies.
  public static String path(Block block) {
    return RecordPath.of(block.first());
  }

  /// The whole file, ending in a line feed.
  public static String write(Lease lease) {
    return "block: "
        + YamlScalar.quoted(lease.block().toString())
        + "\npool: "
        + YamlScalar.of(lease.pool().value())
        + "\ncluster: "
        + YamlScalar.of(lease.cluster().value())
        + "\nclusterUid: "
        + YamlScalar.quoted(lease.clusterUid())
        + "\nsince: "
        + YamlScalar.quoted(lease.since().toString())
        + "\nconfigCommit: "
        + YamlScalar.quoted(lease.configCommit())
        + "\n"
        + lease
            .reclaimedFrom()
            .map(cluster -> "reclaimedFrom: " + YamlScalar.of(cluster.value()) + "\n")
            .orElse("");
  }

  /// Reads a file back. Fields that are not known, from a newer version, are passed over.
  public static Reading read(String path, String text) {
    Optional<Block> block = block(path);
    if (block.isEmpty()) {
      return new Reading.Foreign();
    }
    try {
      Optional<Lease> lease = YamlDocuments.readOne(path, text).map(LeaseText::lease);
      if (lease.isEmpty()) {
        return new Reading.Wrong(block.get(), "not one YAML mapping");
      }
      return lease.get().block().equals(block.get())
          ? new Reading.Read(lease.get())
          : new Reading.Wrong(block.get(), "it says block " + lease.get().block());
    } catch (IllegalArgumentException | DateTimeException e) {
      return new Reading.Wrong(block.get(), e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /// The block whose file lies at this path; empty for every other path.
  public static Optional<Block> block(String path) {
    return RecordPath.parse(path)
        .filter(address -> new Block(address).first().equals(address))
        .map(Block::new);
  }

  private static Lease lease(YamlTree.Mapping file) {
    return new Lease(
        blockField(file),
        new PoolName(field(file, "pool")),
        new ClusterName(field(file, "cluster")),
        field(file, "clusterUid"),
        Instant.parse(field(file, "since")),
        field(file, "configCommit"),
        file.text("reclaimedFrom").map(ClusterName::new));
  }

  private static Block blockField(YamlTree.Mapping file) {
    IpAddress first =
        IpPrefix.parse(field(file, "block"))
            .map(IpPrefix::address)
            .orElseThrow(() -> wrong("block"));
    Block block = new Block(first);
    if (!block.toString().equals(field(file, "block"))) {
      throw wrong("block");
    }
    return block;
  }

  private static String field(YamlTree.Mapping file, String name) {
    return file.text(name).orElseThrow(() -> wrong(name));
  }

  private static IllegalArgumentException wrong(String field) {
    return new IllegalArgumentException("field '%s' is missing or wrong".formatted(field));
  }
}
