// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InterfaceIndexTest {

  @Test
  void itIsTheNumberThatTheJdkFindsToo() throws SocketException {
    for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
      assertEquals(one.getIndex(), InterfaceIndex.of(one.getName()));
      assertEquals(Optional.of(one.getName()), InterfaceIndex.name(one.getIndex()));
    }
    assertEquals(0, InterfaceIndex.of("no-such-one"));
    assertEquals(Optional.empty(), InterfaceIndex.name(Integer.MAX_VALUE));
  }

  @Test
  void oneThatCannotBeAskedForIsNotGone() {
    assertEquals(1, InterfaceIndex.of("lo"));
    FileDescriptors.withNone(
        () -> assertThrows(IllegalStateException.class, () -> InterfaceIndex.of("lo")));
  }
}
