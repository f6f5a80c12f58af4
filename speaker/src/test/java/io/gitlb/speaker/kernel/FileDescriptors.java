// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// A process that has no file descriptor left (setrlimit(2)).
@SuppressWarnings("restricted") // Calls the C library.
public final class FileDescriptors {

  private static final int RLIMIT_NOFILE = 7;
  private static final MethodHandle GET = handle("getrlimit");
  private static final MethodHandle SET = handle("setrlimit");

  private FileDescriptors() {}

  private static MethodHandle handle(String call) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(call).orElseThrow(),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }

  private static void call(MethodHandle handle, MemorySegment limit) {
    try {
      assertEquals(0, (int) handle.invokeExact(RLIMIT_NOFILE, limit));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library throws nothing", e);
    }
  }

  /// Runs it while this process can open nothing. A class that is not loaded yet cannot be, either.
  public static void withNone(Runnable action) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment usual = arena.allocate(16, 8); // struct rlimit: soft, hard
      call(GET, usual);
      MemorySegment none = arena.allocate(16, 8).copyFrom(usual);
      none.set(ValueLayout.JAVA_LONG, 0, 0);
      call(SET, none);
      try {
        action.run();
      } finally {
        call(SET, usual);
      }
    }
  }
}
