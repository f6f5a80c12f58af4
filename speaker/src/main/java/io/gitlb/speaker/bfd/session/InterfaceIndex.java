// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The kernel's number of an interface, by if_nametoindex(3). The JDK lists every address of the
/// node to find one interface: a second and more where kube-proxy keeps thousands on kube-ipvs0.
@SuppressWarnings("restricted") // Calls the C library.
final class InterfaceIndex {

  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().find("if_nametoindex").orElseThrow(),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
              Linker.Option.captureCallState("errno"));

  private static final int ENXIO = 6;
  private static final int ENODEV = 19;

  private InterfaceIndex() {}

  /// 0 when there is no such interface in the network namespace of the calling thread.
  ///
  /// @throws IllegalStateException when the kernel does not say: no file descriptor is left, say
  static int of(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      MemorySegment state = arena.allocate(STATE);
      int index = (int) CALL.invokeExact(state, text);
      int error = index == 0 ? (int) ERRNO.get(state, 0L) : ENODEV;
      if (error != ENODEV && error != ENXIO) {
        throw new IllegalStateException("if_nametoindex of " + name + ": error " + error);
      }
      return index;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library throws nothing", e);
    }
  }
}
