// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import io.gitlb.schema.value.Ipv6;
import java.util.SortedSet;

/// Is told what is found, on the threads of the links.
public interface DiscoveryListener {

  /// The router at the other end of the link is at that address now.
  void found(String interfaceName, Ipv6 neighbor);

  /// Other routers answer on the link beside the one that was found, where there should be one.
  ///
  /// @param others empty: not any more
  void others(String interfaceName, SortedSet<Ipv6> others);

  /// Nobody can be found there for the time being, or can again.
  ///
  /// @param reason for people; empty: all is well
  void impeded(String interfaceName, String reason);
}
