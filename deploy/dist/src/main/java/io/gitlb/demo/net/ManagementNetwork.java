// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.util.concurrent.ThreadLocalRandom;

/// The networks by which a machine reaches its nodes: 198.18.N.0/24, of those for tests (RFC 2544
/// appendix C.2.2). Runs side by side have each their own.
public final class ManagementNetwork {

  private static final int COUNT = 256;

  private ManagementNetwork() {}

  /// Takes one for an interface that is up, and gives it the first address there.
  ///
  /// @return what every address in it begins with, such as `198.18.7.`
  /// @throws IllegalStateException when the machine has a route to each already
  public static String take(Host machine, String interfaceName) {
    int first = ThreadLocalRandom.current().nextInt(COUNT);
    String refused = "";
    for (int i = 0; i < COUNT; i++) {
      String network = "198.18." + (first + i) % COUNT + ".";
      // The kernel refuses a second route to a network, but not the one that comes with an address.
      CommandResult added = machine.ip("route", "add", network + "0/24", "dev", interfaceName);
      if (added.ok()) {
        machine
            .ip("address", "add", network + "1/24", "dev", interfaceName, "noprefixroute")
            .orThrow();
        return network;
      }
      refused = added.output().strip();
    }
    throw new IllegalStateException(
        "no 198.18.N.0/24 is free for " + interfaceName + ": " + refused);
  }
}
