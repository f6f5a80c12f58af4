// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.schema.value.NodeName;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;

/// A peer on one of our links.
///
/// @param interfaceName our interface
/// @param local our address there
/// @param remote the peer's, of the same family
public record LivenessTarget(
    NodeName peer, String interfaceName, InetAddress local, InetAddress remote)
    implements Comparable<LivenessTarget> {

  private static final Comparator<InetAddress> BY_OCTETS =
      (a, b) -> Arrays.compareUnsigned(a.getAddress(), b.getAddress());

  private static final Comparator<LivenessTarget> ORDER =
      Comparator.comparing(LivenessTarget::peer)
          .thenComparing(LivenessTarget::interfaceName)
          .thenComparing(LivenessTarget::local, BY_OCTETS)
          .thenComparing(LivenessTarget::remote, BY_OCTETS);

  public LivenessTarget {
    if (local.getAddress().length != remote.getAddress().length) {
      throw new IllegalArgumentException(local + " and " + remote + " are of different families");
    }
  }

  @Override
  public int compareTo(LivenessTarget other) {
    return ORDER.compare(this, other);
  }
}
