// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import io.gitlb.schema.value.Ipv6;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// Looks for the routers at the other ends of the interfaces that it is given, for a minute, and
/// writes what it finds.
final class DiscoveryPeer {

  private DiscoveryPeer() {}

  static void main(String[] arguments) throws InterruptedException {
    try (RouterDiscovery discovery = new RouterDiscovery(new Printer())) {
      discovery.apply(new TreeSet<>(Arrays.asList(arguments)));
      TimeUnit.MINUTES.sleep(1);
    }
  }

  private static final class Printer implements DiscoveryListener {

    @Override
    public void found(String interfaceName, Ipv6 neighbor) {
      print("FOUND " + neighbor + " on " + interfaceName);
    }

    @Override
    public void others(String interfaceName, SortedSet<Ipv6> others) {
      print("OTHERS " + others + " on " + interfaceName);
    }

    @Override
    public void impeded(String interfaceName, String reason) {
      print("IMPEDED " + interfaceName + ": " + reason);
    }

    private static void print(String line) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
