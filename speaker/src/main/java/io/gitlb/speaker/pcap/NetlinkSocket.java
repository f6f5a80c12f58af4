// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A socket to the kernel's routing tables (rtnetlink(7)), for which Java has no word. For the
/// thread that opens it.
@SuppressWarnings("restricted") // Calls the C library.
final class NetlinkSocket implements AutoCloseable {

  /// What receiving waits at most.
  private static final long WAIT_SECONDS = 1;

  // <sys/socket.h>, <linux/netlink.h>
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_ROUTE = 0;
  private static final int SOL_SOCKET = 1;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_GET_STRICT_CHK = 12;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOCKADDR_OCTETS = 12;
  private static final int TIMEVAL_OCTETS = 16;

  // <errno.h>
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int ENOBUFS = 105;

  /// The kernel fills at most 32 KiB at a time.
  private static final int BUFFER_OCTETS = 64 * 1024;

  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle SOCKET =
      handle("socket", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle OPTION =
      handle("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, ValueLayout.ADDRESS, INT));
  private static final MethodHandle BIND =
      handle("bind", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT));
  private static final MethodHandle SEND =
      handle("send", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));
  private static final MethodHandle RECEIVE =
      handle("recv", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));
  private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(STATE);
  private final MemorySegment buffer = arena.allocate(BUFFER_OCTETS);
  private final int file;

  private NetlinkSocket(int file) {
    this.file = file;
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(name).orElseThrow(),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  /// Opens one in the network namespace of the calling thread.
  ///
  /// @param groups of messages that come unasked, `RTMGRP_*`; 0: none
  static NetlinkSocket open(int groups) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int file = (int) SOCKET.invokeExact(state, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
      check("socket", file, state);
      NetlinkSocket socket = new NetlinkSocket(file);
      try {
        // struct timeval
        MemorySegment wait = arena.allocate(TIMEVAL_OCTETS, 8);
        wait.set(LONG, 0, WAIT_SECONDS);
        check(
            "setsockopt",
            (int) OPTION.invokeExact(state, file, SOL_SOCKET, SO_RCVTIMEO, wait, TIMEVAL_OCTETS),
            state);
        // struct sockaddr_nl: family, padding, port (the kernel's choice), groups.
        MemorySegment address = arena.allocate(SOCKADDR_OCTETS, 4);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
        address.set(INT, 8, groups);
        check("bind", (int) BIND.invokeExact(state, file, address, SOCKADDR_OCTETS), state);
        return socket;
      } catch (Throwable e) {
        socket.close();
        throw e;
      }
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  /// Has the kernel look at what is asked for and leave the rest out of a dump, which kernels
  /// before 4.20 cannot.
  void strict() {
    try (Arena own = Arena.ofConfined()) {
      MemorySegment one = own.allocate(4, 4);
      one.set(INT, 0, 1);
      check(
          "setsockopt",
          (int) OPTION.invokeExact(state, file, SOL_NETLINK, NETLINK_GET_STRICT_CHK, one, 4),
          state);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable _) {
      // More comes, and who asked leaves it out.
    }
  }

  /// @param message whole, with its header, in the order of octets of this machine
  void send(ByteBuffer message) throws IOException {
    try {
      int length = message.remaining();
      MemorySegment.copy(MemorySegment.ofBuffer(message), 0, buffer, 0, length);
      check("send", (long) SEND.invokeExact(state, file, buffer, (long) length, 0), state);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  /// The next messages, until the next call; empty when none came within a second, or when the
  /// kernel had to drop some.
  ///
  /// @return in the order of octets of this machine
  Received receive() throws IOException {
    try {
      long length = (long) RECEIVE.invokeExact(state, file, buffer, (long) BUFFER_OCTETS, 0);
      if (length >= 0) {
        return new Received.Messages(
            buffer.asSlice(0, length).asByteBuffer().order(ByteOrder.nativeOrder()));
      }
      int error = (int) ERRNO.get(state, 0L);
      if (error == ENOBUFS) {
        return new Received.Dropped();
      }
      if (error == EAGAIN || error == EINTR) {
        return new Received.Nothing();
      }
      throw new IOException("recv of netlink: error " + error);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  /// What came.
  sealed interface Received {
    record Messages(ByteBuffer octets) implements Received {}

    /// There were more than the socket holds.
    record Dropped() implements Received {}

    record Nothing() implements Received {}
  }

  @Override
  public void close() {
    try {
      check("close", (int) CLOSE.invokeExact(state, file), state);
    } catch (Throwable _) {
      // The kernel has it closed either way.
    } finally {
      arena.close();
    }
  }

  private static void check(String what, long result, MemorySegment state) throws IOException {
    if (result < 0) {
      throw new IOException(what + " of netlink: error " + (int) ERRNO.get(state, 0L));
    }
  }

  /// A call of the C library throws nothing but what we throw ourselves.
  private static IOException thrown(Throwable e) {
    return switch (e) {
      case IOException expected -> expected;
      case RuntimeException defect -> throw defect;
      case Error fatal -> throw fatal;
      default -> throw new IllegalStateException(e);
    };
  }
}
