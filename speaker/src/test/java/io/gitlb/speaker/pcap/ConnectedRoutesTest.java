// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ConnectedRoutesTest {

  private static final String HEADER =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

  @Test
  void routesWithoutGatewayAreOnTheLink() {
    assertEquals(
        Map.of("eth0", Set.of(IpPrefix.of("192.0.2.0/24"), IpPrefix.of("198.51.100.0/25"))),
        ConnectedRoutes.parse(
            List.of(
                HEADER,
                "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   ",
                "eth0\t006433C6\t00000000\t0001\t0\t0\t0\t80FFFFFF\t0\t0\t0")));
  }

  @Test
  void routesThroughAGatewayRejectsAndTheDefaultAreNot() {
    assertEquals(
        Map.of(),
        ConnectedRoutes.parse(
            List.of(
                HEADER,
                "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
                "eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0",
                "eth0\t000200C0\t010200C0\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0",
                "*\t000200C0\t00000000\t0200\t0\t0\t0\t00FFFFFF\t0\t0\t0",
                "eth0\t000200C0\t00000000\t0000\t0\t0\t0\t00FFFFFF\t0\t0\t0")));
  }

  @Test
  void linesOfAnotherShapeAreSkipped() {
    assertEquals(Map.of(), ConnectedRoutes.parse(List.of("", "eth0", HEADER)));
  }
}
