// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The kernel's number of an interface, by if_nametoindex(3). The JDK lists every address of the
/// node to find one interface: a second and more where kube-proxy keeps thousands on kube-ipvs0.
@SuppressWarnings("restricted") // Calls the C library.
final class InterfaceIndex {

  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().find("if_nametoindex").orElseThrow(),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

  private InterfaceIndex() {}

  /// 0 when there is no such interface in the network namespace of the calling thread.
  static int of(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return (int) CALL.invokeExact(text);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library throws nothing", e);
    }
  }
}
