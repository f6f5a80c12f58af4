// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import java.util.Comparator;
import java.util.Optional;

/// A router whose path is watched: all that use the same one share a session (RFC 5882 section 2).
///
/// @param interfaceName the only one that is used, or the VRF's; the scope of a link-local router;
///   empty: what the kernel routes by
/// @param source our address; empty: what the kernel routes by
public record RouterPath(
    IpAddress remote, String interfaceName, Optional<IpAddress> source, Hops hops)
    implements Comparable<RouterPath> {

  private static final Comparator<RouterPath> ORDER =
      Comparator.comparing(RouterPath::remote)
          .thenComparing(RouterPath::interfaceName)
          .thenComparing(path -> path.source().map(IpAddress::toString).orElse(""))
          .thenComparing(RouterPath::hops);

  @Override
  public int compareTo(RouterPath other) {
    return ORDER.compare(this, other);
  }

  Service service() {
    return switch (hops) {
      case SINGLE -> Service.SINGLE_HOP;
      case MULTIPLE -> Service.MULTIHOP;
    };
  }
}
