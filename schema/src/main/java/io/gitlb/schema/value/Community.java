// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.util.Collection;
import java.util.Comparator;

/// A BGP community: standard (RFC 1997) or large (RFC 8092). Standard ones sort first.
public sealed interface Community extends Comparable<Community> {

  /// What an UPDATE has for the communities of one route, as [#octets] counts them: 4,096 octets
  /// (RFC 4271 section 4.1) without header and lengths (23), ORIGIN (4), AS_PATH and AS4_PATH (16),
  /// MP_REACH with two next hops and a /128 (58), and GRACEFUL_SHUTDOWN of a cordoned node (8).
  int MAX_OCTETS = 3_987;

  /// What they take in an UPDATE: 4 for a standard one, 12 for a large one, and 4 for the head of
  /// the attribute that each kind has.
  static int octets(Collection<Community> communities) {
    int large = (int) communities.stream().filter(one -> one instanceof Large).count();
    int standard = communities.size() - large;
    return (standard == 0 ? 0 : 4 + 4 * standard) + (large == 0 ? 0 : 4 + 12 * large);
  }

  /// RFC 1997.
  ///
  /// @param bits the 32 bits, usually the AS in the upper half
  record Standard(int bits) implements Community {

    /// `upper:lower` in decimal.
    @Override
    public String toString() {
      return (bits >>> 16) + ":" + (bits & 0xFFFF);
    }
  }

  /// RFC 8092.
  ///
  /// @param globalAdministrator the AS that defines the meaning
  record Large(int globalAdministrator, int localData1, int localData2) implements Community {

    /// Unsigned, field by field.
    private static final Comparator<Large> ORDER =
        Comparator.comparingLong((Large large) -> Integer.toUnsignedLong(large.globalAdministrator))
            .thenComparingLong(large -> Integer.toUnsignedLong(large.localData1))
            .thenComparingLong(large -> Integer.toUnsignedLong(large.localData2));

    /// `large:global:local1:local2` in decimal, as MetalLB writes it.
    @Override
    public String toString() {
      return "large:"
          + Integer.toUnsignedString(globalAdministrator)
          + ":"
          + Integer.toUnsignedString(localData1)
          + ":"
          + Integer.toUnsignedString(localData2);
    }
  }

  @Override
  default int compareTo(Community other) {
    return switch (this) {
      case Standard a ->
          switch (other) {
            case Standard b -> Integer.compareUnsigned(a.bits, b.bits);
            case Large _ -> -1;
          };
      case Large a ->
          switch (other) {
            case Standard _ -> 1;
            case Large b -> Large.ORDER.compare(a, b);
          };
    };
  }
}
