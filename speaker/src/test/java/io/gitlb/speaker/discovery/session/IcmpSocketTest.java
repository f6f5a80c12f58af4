// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.kernel.FileDescriptors;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class IcmpSocketTest {

  private static String refusal(String interfaceName) {
    return String.valueOf(
        assertThrows(IOException.class, () -> IcmpSocket.open(interfaceName)).getMessage());
  }

  @Test
  void anInterfaceThatIsNotThereIsRefused() {
    assertEquals("there is no such interface", refusal("no-such-one"));
  }

  @Test
  void oneThatCannotBeAskedForIsNotSaidToBeGone() {
    assertEquals("there is no such interface", refusal("no-such-one")); // Loads the classes.
    FileDescriptors.withNone(
        () -> {
          String said = refusal("lo");
          assertTrue(said.startsWith("if_nametoindex of lo: error "), said);
        });
  }
}
