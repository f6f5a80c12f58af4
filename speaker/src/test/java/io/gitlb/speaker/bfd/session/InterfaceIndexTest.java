// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.NetworkInterface;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

final class InterfaceIndexTest {

  @Test
  void itIsTheNumberThatTheJdkFindsToo() throws SocketException {
    for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
      assertEquals(one.getIndex(), InterfaceIndex.of(one.getName()));
    }
    assertEquals(0, InterfaceIndex.of("no-such-one"));
  }
}
