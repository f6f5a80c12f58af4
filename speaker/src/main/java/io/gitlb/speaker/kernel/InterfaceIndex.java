// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/// The kernel's numbers of interfaces (if_nametoindex(3)). The JDK lists every address of the node
/// to find one interface: a second and more where kube-proxy keeps thousands on kube-ipvs0.
@SuppressWarnings("restricted") // Calls the C library.
public final class InterfaceIndex {

  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final MethodHandle TO_INDEX =
      handle("if_nametoindex", FunctionDescriptor.of(INT, ValueLayout.ADDRESS));
  private static final MethodHandle TO_NAME =
      handle(
          "if_indextoname", FunctionDescriptor.of(ValueLayout.ADDRESS, INT, ValueLayout.ADDRESS));

  private static final int ENXIO = 6;
  private static final int ENODEV = 19;

  /// IF_NAMESIZE
  private static final long NAME_OCTETS = 16;

  private InterfaceIndex() {}

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(name).orElseThrow(),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  private interface Call<T> {
    T make(Arena arena, MemorySegment state) throws Throwable;
  }

  private static <T> T called(Call<T> call) {
    try (Arena arena = Arena.ofConfined()) {
      return call.make(arena, arena.allocate(STATE));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library throws nothing", e);
    }
  }

  /// 0 when there is no such interface in the network namespace of the calling thread.
  ///
  /// @throws IllegalStateException when the kernel does not say: no file descriptor is left, say
  public static int of(String name) {
    return called(
        (arena, state) -> {
          int index = (int) TO_INDEX.invokeExact(state, arena.allocateFrom(name));
          if (index == 0) {
            checkAbsent("if_nametoindex of " + name, state);
          }
          return index;
        });
  }

  /// Empty when no interface of that network namespace has this number.
  ///
  /// @throws IllegalStateException as [#of]
  public static Optional<String> name(int index) {
    return called(
        (arena, state) -> {
          MemorySegment name = arena.allocate(NAME_OCTETS);
          MemorySegment found = (MemorySegment) TO_NAME.invokeExact(state, index, name);
          if (found.address() == 0) {
            checkAbsent("if_indextoname of " + index, state);
            return Optional.empty();
          }
          return Optional.of(name.getString(0));
        });
  }

  private static void checkAbsent(String what, MemorySegment state) {
    int error = (int) ERRNO.get(state, 0L);
    if (error != ENODEV && error != ENXIO) {
      throw new IllegalStateException(what + ": error " + error);
    }
  }
}
