// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpAddress;
import java.util.List;
import java.util.Optional;

/// What this node's interfaces have by way of addresses, as it is when asked; from any thread, and
/// soon answered.
public interface NodeLinks {

  /// Nothing is known.
  NodeLinks UNKNOWN =
      new NodeLinks() {
        @Override
        public List<IpAddress> beside(IpAddress own, Optional<String> interfaceName) {
          return List.of();
        }

        @Override
        public boolean leadTo(IpAddress address) {
          return true;
        }
      };

  /// The other addresses of the interface that has this one: of each family the one first that
  /// others can best be told to send to, and none that moves to other nodes.
  ///
  /// @param interfaceName which one, where two may have this address; empty: found by the address
  List<IpAddress> beside(IpAddress own, Optional<String> interfaceName);

  /// Whether an address is in a network of an interface; true when that is not known.
  boolean leadTo(IpAddress address);
}
