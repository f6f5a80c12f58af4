// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the addresses of this node's interfaces say of who is on their links.
final class OwnPrefixes {

  private static final Logger LOG = LoggerFactory.getLogger(OwnPrefixes.class);

  /// Empty when the kernel did not tell.
  private final Optional<List<IpPrefix>> prefixes;

  private OwnPrefixes(Optional<List<IpPrefix>> prefixes) {
    this.prefixes = prefixes;
  }

  /// Asks the kernel. Takes milliseconds.
  static OwnPrefixes read() {
    try {
      return new OwnPrefixes(
          Optional.of(
              NetworkInterface.networkInterfaces()
                  .flatMap(nic -> nic.getInterfaceAddresses().stream())
                  .flatMap(OwnPrefixes::prefix)
                  .toList()));
    } catch (SocketException e) {
      LOG.warn("The addresses of this node cannot be read: {}", e.getMessage());
      return new OwnPrefixes(Optional.empty());
    }
  }

  /// Whether an address is in one of them; true when they are not known, as most routers are on a
  /// link.
  boolean contain(IpAddress address) {
    return prefixes.stream().flatMap(List::stream).anyMatch(prefix -> prefix.contains(address))
        || prefixes.isEmpty();
  }

  private static Stream<IpPrefix> prefix(InterfaceAddress own) {
    int length = own.getNetworkPrefixLength();
    return length > 0
        ? Stream.of(new IpPrefix(IpAddress.ofBytes(own.getAddress().getAddress()), length))
        : Stream.empty();
  }
}
