// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery;

import io.gitlb.schema.value.MacAddress;
import java.util.Optional;

/// A message of router discovery (RFC 4861 sections 4.1 and 4.2), without what we have no use for:
/// prefixes, the link's MTU and other options are passed over when read.
public sealed interface RouterMessage {

  /// Asks the routers on a link to advertise themselves.
  record Solicitation(Optional<MacAddress> sourceMac) implements RouterMessage {}

  /// A router says that it is there.
  ///
  /// @param hopLimit for hosts to use, 0 to 255; 0: not said
  /// @param flags the octet behind it: M, O, preference (RFC 4191) and others, 0 to 255
  /// @param lifetimeSeconds for how long hosts may use it as default router, 0 to 65535; 0: never
  /// @param reachableMillis 0 to 4294967295; 0: not said
  /// @param retransmitMillis 0 to 4294967295; 0: not said
  record Advertisement(
      int hopLimit,
      int flags,
      int lifetimeSeconds,
      long reachableMillis,
      long retransmitMillis,
      Optional<MacAddress> sourceMac)
      implements RouterMessage {

    /// Of a router that is nobody's default router and says nothing of the link: ours.
    public static Advertisement ofNoDefaultRouter(Optional<MacAddress> sourceMac) {
      return new Advertisement(0, 0, 0, 0, 0, sourceMac);
    }
  }
}
