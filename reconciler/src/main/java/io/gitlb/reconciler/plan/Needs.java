// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Gathers, while a Service is decided on, what would change the decision beside its own change.
final class Needs {

  private Set<WakeKey> keys = Set.of();
  private Optional<Instant> at = Optional.empty();
  private BlockWants.Share blocks = BlockWants.Share.NONE;

  void add(WakeKey key) {
    if (keys.isEmpty()) {
      keys = new HashSet<>();
    }
    keys.add(key);
  }

  /// It has what it wants after all.
  void forget() {
    keys = Set.of();
    blocks = BlockWants.Share.NONE;
  }

  /// A block with one certain address.
  void addBlock(Block block, PoolName pool) {
    ownShare().blocks().put(block, pool);
  }

  /// So many addresses of blocks that are still to be leased.
  void addLease(Space space, int addresses) {
    ownShare().addresses().put(space, addresses);
  }

  private BlockWants.Share ownShare() {
    if (blocks.equals(BlockWants.Share.NONE)) {
      blocks = new BlockWants.Share(new TreeMap<>(), new TreeMap<>());
    }
    return blocks;
  }

  /// Whether blocks of the space would help.
  boolean needsLease(Space space) {
    return blocks.addresses().containsKey(space);
  }

  /// Blocks of the pool would not help after all.
  void forgetLeases(PoolName pool) {
    if (!blocks.addresses().isEmpty()) {
      blocks.addresses().keySet().removeIf(space -> space.pool().equals(pool));
    }
  }

  /// Whether blocks of whatever pool would give addresses of the family.
  boolean needsLease(IpFamily family) {
    return blocks.addresses().keySet().stream().anyMatch(space -> space.family() == family);
  }

  BlockWants.Share blocks() {
    return blocks;
  }

  /// Time alone changes the decision then.
  void at(Instant time) {
    at = Optional.of(time);
  }

  boolean isEmpty() {
    return keys.isEmpty() && at.isEmpty();
  }

  Set<WakeKey> keys() {
    return keys;
  }

  Optional<Instant> at() {
    return at;
  }
}
