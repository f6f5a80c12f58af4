// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The calls of the C library that raw sockets need. Each throws an [IOException] with the name of
/// the call and what the error means.
@SuppressWarnings("restricted") // Calls the C library.
final class Libc {

  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout POINTER = ValueLayout.ADDRESS;
  private static final MethodHandle SOCKET =
      handle("socket", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle SET_OPTION =
      handle("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));
  private static final MethodHandle GET_OPTION =
      handle("getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));
  private static final MethodHandle SEND =
      handle("sendto", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT, POINTER, INT));
  private static final MethodHandle RECEIVE =
      handle("recvfrom", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT, POINTER, POINTER));
  private static final MethodHandle POLL =
      handle("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));
  private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle MEANING =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().find("strerror").orElseThrow(),
              FunctionDescriptor.of(POINTER, INT));

  /// No error message of the C library is longer.
  private static final long MEANING_OCTETS = 256;

  private static final int EINTR = 4;

  private Libc() {}

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(name).orElseThrow(),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  private interface Call {
    long make(MemorySegment state) throws Throwable;
  }

  private static long call(String name, Call call) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result = call.make(state);
      if (result < 0) {
        throw new IOException(name + ": " + meaning((int) ERRNO.get(state, 0L)));
      }
      return result;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library throws nothing", e);
    }
  }

  private static String meaning(int error) throws Throwable {
    MemorySegment text = (MemorySegment) MEANING.invokeExact(error);
    return text.reinterpret(MEANING_OCTETS).getString(0);
  }

  /// @return its file descriptor
  static int socket(int family, int type, int protocol) throws IOException {
    return (int) call("socket", s -> (int) SOCKET.invokeExact(s, family, type, protocol));
  }

  static void setOption(int file, int level, int option, MemorySegment value) throws IOException {
    int length = (int) value.byteSize();
    long _ =
        call(
            "setsockopt " + option,
            s -> (int) SET_OPTION.invokeExact(s, file, level, option, value, length));
  }

  /// @param value of as many octets as there may be
  /// @return how many it has
  static int getOption(int file, int level, int option, MemorySegment value) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocateFrom(INT, (int) value.byteSize());
      long _ =
          call(
              "getsockopt " + option,
              s -> (int) GET_OPTION.invokeExact(s, file, level, option, value, length));
      return length.get(INT, 0);
    }
  }

  static void send(int file, MemorySegment message, MemorySegment to) throws IOException {
    long octets = message.byteSize();
    int addressOctets = (int) to.byteSize();
    long _ =
        call(
            "sendto", s -> (long) SEND.invokeExact(s, file, message, octets, 0, to, addressOctets));
  }

  /// Does not wait when [#awaitReadable] said that there is something.
  ///
  /// @return how many octets came
  static int receive(int file, MemorySegment into, MemorySegment from) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocateFrom(INT, (int) from.byteSize());
      long octets = into.byteSize();
      return (int)
          call("recvfrom", s -> (long) RECEIVE.invokeExact(s, file, into, octets, 0, from, length));
    }
  }

  /// Waits until there is something to read, or an error to hear of.
  ///
  /// @return false when there was nothing in that time
  static boolean awaitReadable(int file, int millis) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment poll = arena.allocate(8, 4); // struct pollfd: file, events, what happened
      poll.set(INT, 0, file);
      poll.set(ValueLayout.JAVA_SHORT, 4, (short) 1); // POLLIN
      int ready = (int) POLL.invokeExact(state, poll, 1L, millis);
      int error = ready < 0 ? (int) ERRNO.get(state, 0L) : 0;
      if (ready < 0 && error != EINTR) {
        throw new IOException("poll: " + meaning(error));
      }
      return ready > 0;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library throws nothing", e);
    }
  }

  static void close(int file) {
    try {
      long _ = call("close", s -> (int) CLOSE.invokeExact(s, file));
    } catch (IOException _) {
      // The kernel has it closed either way.
    }
  }
}
