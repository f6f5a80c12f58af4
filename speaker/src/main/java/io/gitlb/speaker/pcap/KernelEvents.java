// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.speaker.l2.SegmentPort;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears from the kernel that an interface or an address has changed, through a netlink socket
/// (rtnetlink(7)). What has changed is not read: whoever is told looks for himself, and has to look
/// now and then anyway, since the kernel drops messages when they are too many.
@SuppressWarnings("restricted") // Calls the C library: Java has no sockets of this family.
final class KernelEvents implements SegmentPort.Watch {

  private static final Logger LOG = LoggerFactory.getLogger(KernelEvents.class);

  // <sys/socket.h>, <linux/netlink.h>, <linux/rtnetlink.h>
  private static final short AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_ROUTE = 0;
  private static final int RTMGRP_LINK = 0x1;
  private static final int RTMGRP_IPV4_IFADDR = 0x10;
  private static final int RTMGRP_IPV6_IFADDR = 0x100;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOCKADDR_OCTETS = 12;
  private static final int TIMEVAL_OCTETS = 16;

  // <errno.h>
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int ENOBUFS = 105;

  private static final int BUFFER_OCTETS = 16 * 1024;

  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final MethodHandle receive;
  private final MethodHandle close;
  private final int socket;
  private final Runnable changed;
  private final Thread thread;
  private volatile boolean closing;

  private KernelEvents(Linker linker, int socket, Runnable changed) {
    this.socket = socket;
    this.changed = changed;
    receive =
        handle(
            linker,
            "recv",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT),
            Linker.Option.captureCallState("errno"));
    close =
        handle(linker, "close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    thread = Thread.ofPlatform().name("kernel-events").daemon().unstarted(this::run);
  }

  /// Listens in the network namespace of the calling thread.
  ///
  /// @param changed told on a thread of its own, for each message
  /// @return empty when the kernel does not let us
  static Optional<KernelEvents> open(Runnable changed) {
    Linker linker = Linker.nativeLinker();
    try {
      int socket = bound(linker);
      if (socket < 0) {
        LOG.info(
            "the kernel tells nothing of changed interfaces; they are looked at by the second");
        return Optional.empty();
      }
      KernelEvents events = new KernelEvents(linker, socket, changed);
      events.thread.start();
      return Optional.of(events);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library throws nothing", e);
    }
  }

  /// @return negative when that did not work
  private static int bound(Linker linker) throws Throwable {
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    MethodHandle open =
        handle(linker, "socket", FunctionDescriptor.of(number, number, number, number));
    MethodHandle option =
        handle(
            linker,
            "setsockopt",
            FunctionDescriptor.of(number, number, number, number, ValueLayout.ADDRESS, number));
    MethodHandle bind =
        handle(linker, "bind", FunctionDescriptor.of(number, number, ValueLayout.ADDRESS, number));
    try (Arena arena = Arena.ofConfined()) {
      int socket = (int) open.invokeExact((int) AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
      // struct timeval: one second, after which the thread looks whether it is to end.
      MemorySegment second = arena.allocate(TIMEVAL_OCTETS, 8);
      second.set(ValueLayout.JAVA_LONG, 0, 1);
      // struct sockaddr_nl: family, padding, port (the kernel's choice), groups.
      MemorySegment address = arena.allocate(SOCKADDR_OCTETS, 4);
      address.set(ValueLayout.JAVA_SHORT, 0, AF_NETLINK);
      address.set(ValueLayout.JAVA_INT, 8, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
      if (socket < 0
          || (int) option.invokeExact(socket, SOL_SOCKET, SO_RCVTIMEO, second, TIMEVAL_OCTETS) != 0
          || (int) bind.invokeExact(socket, address, SOCKADDR_OCTETS) != 0) {
        return -1;
      }
      return socket;
    }
  }

  private static MethodHandle handle(
      Linker linker, String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return linker.downcallHandle(
        linker.defaultLookup().find(name).orElseThrow(), descriptor, options);
  }

  /// The thread ends within a second after this.
  @Override
  public void close() {
    closing = true;
  }

  private void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment buffer = arena.allocate(BUFFER_OCTETS);
      while (!closing) {
        long octets = (long) receive.invokeExact(state, socket, buffer, (long) BUFFER_OCTETS, 0);
        int error = octets < 0 ? (int) ERRNO.get(state, 0L) : 0;
        if (octets >= 0 || error == ENOBUFS) {
          changed.run();
        } else if (error != EAGAIN && error != EINTR) {
          LOG.warn("the kernel tells no more of changed interfaces: error {}", error);
          closing = true;
        }
      }
    } catch (Throwable e) {
      LOG.error("the kernel's events are not heard any more", e);
    } finally {
      closeSocket();
    }
  }

  private void closeSocket() {
    try {
      int answer = (int) close.invokeExact(socket);
      LOG.debug("socket closed: {}", answer);
    } catch (Throwable e) {
      LOG.debug("close", e);
    }
  }
}
