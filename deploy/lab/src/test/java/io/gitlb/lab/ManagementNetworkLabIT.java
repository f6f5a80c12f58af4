// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.ManagementNetwork;
import io.gitlb.demo.net.Segment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Networks of one machine for runs side by side.
@SharesLab
final class ManagementNetworkLabIT {

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void oneThatIsTakenIsNobodyElses() {
    Host machine = lab.host("machine");
    Segment segment = lab.segment("mgmt");
    List.of("eth0", "eth1").forEach(name -> segment.attach(machine, name));
    String all = "seq 0 255 | sed 's|.*|route add 198.18.&.0/24 dev eth0|' | ip -batch -";
    machine.exec("sh", "-c", all).orThrow();
    assertThrows(IllegalStateException.class, () -> ManagementNetwork.take(machine, "eth1"));
    machine.ip("route", "del", "198.18.7.0/24").orThrow();

    assertEquals("198.18.7.", ManagementNetwork.take(machine, "eth1"));

    assertEquals(
        "198.18.7.0/24 dev eth1 scope link",
        machine.kernelRoute("198.18.7.0/24").orElseThrow().replaceAll(" +$", ""));
    String addresses = machine.ip("-brief", "address", "show", "dev", "eth1").orThrow();
    assertTrue(addresses.contains("198.18.7.1/24"), addresses);
  }
}
