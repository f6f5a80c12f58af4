// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery;

import io.gitlb.schema.value.Ipv6;

/// What a [NeighborSearch] asks for.
public sealed interface Doing {

  /// Say to all nodes on the link that we are a router.
  record Advertise() implements Doing {}

  /// Ask all routers on the link to say that they are there.
  record Solicit() implements Doing {}

  /// The neighbour is at that address now.
  record Follow(Ipv6 neighbor) implements Doing {}
}
