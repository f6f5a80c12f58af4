// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The order in which nodes may announce an address on its link.
///
/// Nodes in trouble come last but stay in: when all are in trouble somebody still announces. Then
/// preferred weights decide, then who announces now, so that nothing moves without need, and last
/// rendezvous hashing, which spreads new addresses over the nodes and moves only a departed node's
/// addresses.
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

    static Candidate of(NodeName node, int trouble, int weight) {
      long hash = hashed(FNV_OFFSET_BASIS, node.value().getBytes(StandardCharsets.UTF_8));
      // No name holds this octet, so that name and address cannot run into each other.
      return new Candidate(node, trouble, weight, (hash ^ 0xFF) * FNV_PRIME);
    }
  }

  /// Sorts the candidates, best first.
  ///
  /// @param owner the node that announces the address now
  static List<NodeName> rank(
      IpAddress address, List<Candidate> candidates, Optional<NodeName> owner) {
    byte[] octets = address.toBytes();
    Ranked[] ranked = new Ranked[candidates.size()];
    for (int i = 0; i < ranked.length; i++) {
      Candidate candidate = candidates.get(i);
      boolean owns = owner.isPresent() && owner.get().equals(candidate.node());
      ranked[i] = new Ranked(candidate, owns ? 0 : 1, mix(hashed(candidate.hash(), octets)));
    }
    Arrays.sort(ranked);
    NodeName[] names = new NodeName[ranked.length];
    for (int i = 0; i < ranked.length; i++) {
      names[i] = ranked[i].candidate().node();
    }
    return List.of(names);
  }

  /// @param distance 0 for the present owner, 1 for others
  /// @param score the rendezvous hash; the highest wins
  private record Ranked(Candidate candidate, int distance, long score)
      implements Comparable<Ranked> {

    @Override
    public int compareTo(Ranked other) {
      int order = Integer.compare(candidate.trouble(), other.candidate.trouble());
      if (order == 0) {
        order = Integer.compare(other.candidate.weight(), candidate.weight());
      }
      if (order == 0) {
        order = Integer.compare(distance, other.distance);
      }
      if (order == 0) {
        order = Long.compare(other.score, score);
      }
      return order == 0 ? candidate.node().compareTo(other.candidate.node()) : order;
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
