// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;

/// A raw socket on one interface (packet(7)), without a library between it and the kernel. Does not
/// see what it sends itself. One thread may send while another receives.
final class PacketSocket implements AutoCloseable {

  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOCKADDR_LL_SIZE = 20;
  private static final int RECEIVE_BUFFER = 4 << 20;
  private static final int FRAME = 128;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle SOCKET =
      Libc.handle("socket", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle BIND =
      Libc.handle("bind", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT));
  private static final MethodHandle SET_OPTION =
      Libc.handle(
          "setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, ValueLayout.ADDRESS, INT));
  private static final MethodHandle INDEX =
      Libc.handle("if_nametoindex", FunctionDescriptor.of(INT, ValueLayout.ADDRESS));
  private static final MethodHandle CLOSE = Libc.handle("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle SEND =
      Libc.handle("send", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));
  private static final MethodHandle RECEIVE =
      Libc.handle("recv", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));

  /// Which frames a socket sees.
  enum Sees {
    /// ARP that comes in.
    ARP((short) 0x0806),
    /// IPv6 that comes in.
    IPV6((short) 0x86DD),
    /// All that comes in and all that the host sends.
    ALL((short) 0x0003);

    private final short protocol;

    Sees(short protocol) {
      this.protocol = protocol;
    }
  }

  private final Arena arena = Arena.ofShared();
  private final MemorySegment outgoing = arena.allocate(FRAME);
  private final MemorySegment incoming = arena.allocate(FRAME);
  private final int file;

  private PacketSocket(int file) {
    this.file = file;
  }

  /// Opens one for ARP in the network namespace of the calling thread.
  ///
  /// @param timeoutMillis how long [#receive] waits at most
  static PacketSocket open(String interfaceName, int timeoutMillis) {
    return open(interfaceName, Sees.ARP, timeoutMillis);
  }

  /// Opens it in the network namespace of the calling thread.
  ///
  /// @param timeoutMillis how long [#receive] waits at most
  static PacketSocket open(String interfaceName, Sees sees, int timeoutMillis) {
    try (Arena arena = Arena.ofConfined()) {
      int index = Libc.call("if_nametoindex", INDEX, arena.allocateFrom(interfaceName));
      if (index == 0) {
        throw new IllegalStateException("no interface " + interfaceName);
      }
      int protocol = Short.toUnsignedInt(Short.reverseBytes(sees.protocol));
      int file = Libc.call("socket", SOCKET, AF_PACKET, SOCK_RAW, protocol);
      MemorySegment address = arena.allocate(SOCKADDR_LL_SIZE);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
      address.set(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, sees.protocol);
      address.set(INT, 4, index);
      Libc.call("bind", BIND, file, address, SOCKADDR_LL_SIZE);
      MemorySegment time = arena.allocate(16, 8);
      time.set(LONG, 0, timeoutMillis / 1000);
      time.set(LONG, 8, timeoutMillis % 1000 * 1000L);
      Libc.call("setsockopt", SET_OPTION, file, SOL_SOCKET, SO_RCVTIMEO, time, 16);
      MemorySegment size = arena.allocate(4, 4);
      size.set(INT, 0, RECEIVE_BUFFER);
      Libc.call("setsockopt", SET_OPTION, file, SOL_SOCKET, SO_RCVBUF, size, 4);
      return new PacketSocket(file);
    }
  }

  /// Sends a frame; one that the kernel has no room for is lost, as on any wire.
  ///
  /// @return whether the kernel took it
  boolean send(byte[] frame) {
    MemorySegment.copy(frame, 0, outgoing, ValueLayout.JAVA_BYTE, 0, frame.length);
    try {
      return (long) SEND.invokeExact(file, outgoing, (long) frame.length, 0) == frame.length;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /// Waits for the next frame.
  ///
  /// @return how many octets of it are in `frame`; 0 when none came in time
  int receive(byte[] frame) {
    try {
      long length =
          (long) RECEIVE.invokeExact(file, incoming, (long) Math.min(FRAME, frame.length), 0);
      if (length <= 0) {
        return 0;
      }
      MemorySegment.copy(incoming, ValueLayout.JAVA_BYTE, 0, frame, 0, (int) length);
      return (int) length;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    Libc.call("close", CLOSE, file);
    arena.close();
  }
}
