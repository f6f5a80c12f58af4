// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The few calls of the C library that Java has no word for.
@SuppressWarnings("restricted") // Calls the C library: there is no other way into a namespace.
final class Libc {

  static final int SIGKILL = 9;
  static final int SIGTERM = 15;
  static final int SIGCONT = 18;
  static final int SIGSTOP = 19;

  private static final int CLONE_NEWNET = 0x40000000;

  private static final MethodHandle OPEN =
      handle(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle SETNS =
      handle(
          "setns",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle KILL =
      handle(
          "kill",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private Libc() {}

  static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
  }

  /// Calls and expects a result that is not negative.
  static int call(String what, MethodHandle handle, Object... arguments) {
    try {
      int result = (int) handle.invokeWithArguments(arguments);
      if (result < 0) {
        throw new IllegalStateException(what + " failed");
      }
      return result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(what, e);
    }
  }

  /// Moves the calling platform thread to a network namespace: sockets that it opens from now on
  /// are in that one (setns(2)).
  static void enterNetwork(String namespace) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/run/netns/" + namespace);
      int file = call("open " + namespace, OPEN, path, 0);
      try {
        call("setns " + namespace, SETNS, file, CLONE_NEWNET);
      } finally {
        call("close", CLOSE, file);
      }
    }
  }

  /// Sends a signal to a process.
  static void signal(long pid, int signal) {
    call("kill -" + signal + " " + pid, KILL, Math.toIntExact(pid), signal);
  }
}
