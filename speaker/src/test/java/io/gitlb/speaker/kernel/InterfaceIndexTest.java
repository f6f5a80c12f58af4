// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@SuppressWarnings("restricted") // Calls the C library.
final class InterfaceIndexTest {

  private static final int RLIMIT_NOFILE = 7;

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
  void oneThatCannotBeAskedForIsNotGone() throws Throwable {
    assertEquals(1, InterfaceIndex.of("lo"));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment usual = arena.allocate(16, 8); // struct rlimit: soft, hard
      assertEquals(0, (int) limits("getrlimit").invokeExact(RLIMIT_NOFILE, usual));
      MemorySegment none = arena.allocate(16, 8).copyFrom(usual);
      none.set(ValueLayout.JAVA_LONG, 0, 0);
      MethodHandle set = limits("setrlimit");
      assertEquals(0, (int) set.invokeExact(RLIMIT_NOFILE, none));
      try {
        assertThrows(IllegalStateException.class, () -> InterfaceIndex.of("lo"));
      } finally {
        assertEquals(0, (int) set.invokeExact(RLIMIT_NOFILE, usual));
      }
    }
  }

  private static MethodHandle limits(String call) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(call).orElseThrow(),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }
}
