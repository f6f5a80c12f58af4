// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

/// What this node is called on an interface.
final class OwnAddresses {

  /// Each line: 32 digits, index, prefix length, scope, flags, name.
  private static final Path ADDRESSES = Path.of("/proc/thread-self/net/if_inet6");

  private OwnAddresses() {}

  /// Whether it is ours: another daemon of the node may advertise itself there.
  static boolean has(String interfaceName, Ipv6 address) {
    String digits = HexFormat.of().formatHex(address.toBytes());
    try (Stream<String> lines = Files.lines(ADDRESSES)) {
      return lines.anyMatch(line -> line.startsWith(digits) && line.endsWith(" " + interfaceName));
    } catch (IOException e) {
      return false; // There is no IPv6, and so nobody was heard.
    }
  }

  /// Empty for an interface that has none, or is gone.
  static Optional<MacAddress> mac(String interfaceName) {
    try {
      return MacAddress.parse(
          Files.readString(Path.of("/sys/class/net", interfaceName, "address")).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
