// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.nio.charset.StandardCharsets;

/// The standing of nodes that may announce addresses on a link, and hashes to choose among equals.
final class Candidates {

  private static final long FNV_OFFSET_BASIS = 0xCBF2_9CE4_8422_2325L;
  private static final long FNV_PRIME = 0x100_0000_01B3L;

  private Candidates() {}

  /// A node with all of its standing that does not depend on the address.
  ///
  /// @param trouble 0 for a sound node
  /// @param weight sum of the preferences that match
  /// @param hash of the name, where the score of every address goes on from
  record Candidate(NodeName node, int trouble, int weight, long hash) {

    /// How well the node suits this address among its equals, by rendezvous hashing; the highest
    /// wins.
    long score(IpAddress address) {
      return mix(hashed(hash, address.toBytes()));
    }

    /// Where the node is on the ring of all nodes.
    long place() {
      return mix(hash);
    }

    /// Whether nothing but the names tells these two apart.
    boolean isLike(Candidate other) {
      return trouble == other.trouble && weight == other.weight;
    }

    static Candidate of(NodeName node, int trouble, int weight) {
      long hash = hashed(FNV_OFFSET_BASIS, node.value().getBytes(StandardCharsets.UTF_8));
      // No name holds this octet, so that name and address cannot run into each other.
      return new Candidate(node, trouble, weight, (hash ^ 0xFF) * FNV_PRIME);
    }
  }

  /// FNV-1a, from a hash on.
  private static long hashed(long from, byte[] octets) {
    long hash = from;
    for (byte octet : octets) {
      hash = (hash ^ (octet & 0xFF)) * FNV_PRIME;
    }
    return hash;
  }

  /// The finaliser of MurmurHash3 (64 bits): every input bit changes every output bit.
  private static long mix(long hash) {
    long mixed = (hash ^ hash >>> 33) * 0xFF51_AFD7_ED55_8CCDL;
    mixed = (mixed ^ mixed >>> 33) * 0xC4CE_B9FE_1A85_EC53L;
    return mixed ^ mixed >>> 33;
  }
}
