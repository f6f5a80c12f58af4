// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.NextHops;
import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LocalAddressesTest {

  /// A socket of both families names its IPv4 ends so; on the wire they are IPv4.
  @Test
  void aMappedAddressOfASocketIsIpv4() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xFF;
    mapped[11] = (byte) 0xFF;
    mapped[12] = (byte) 192;
    mapped[14] = 2;
    mapped[15] = 10;
    byte[] other = mapped.clone();
    other[0] = 0x20;

    assertEquals(
        IpAddress.of("192.0.2.10"), Sockets.fromSocket(Inet6Address.getByAddress("", mapped, -1)));
    assertEquals(
        IpAddress.ofBytes(other), Sockets.fromSocket(Inet6Address.getByAddress("", other, -1)));
  }

  @Test
  void anAddressOfNoInterfaceStandsAlone() {
    Ipv4 foreign = (Ipv4) IpAddress.of("192.0.2.77");

    assertEquals(
        new NextHops(Optional.of(foreign), List.of()),
        new LocalAddresses(NodeLinks.UNKNOWN).nextHops(foreign, Optional.empty()));
  }
}
