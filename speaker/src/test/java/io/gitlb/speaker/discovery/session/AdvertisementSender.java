// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import io.gitlb.speaker.kernel.InterfaceIndex;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Sends an empty router advertisement to all nodes on an interface, with a hop limit: what a
/// router farther away could send.
final class AdvertisementSender {

  // <sys/socket.h>, <netinet/in.h>
  private static final int AF_INET6 = 10;
  private static final int SOCK_RAW = 3;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPPROTO_ICMPV6 = 58;
  private static final int IPV6_MULTICAST_IF = 17;
  private static final int IPV6_MULTICAST_HOPS = 18;

  private static final byte ADVERTISEMENT = (byte) 134;

  private AdvertisementSender() {}

  /// @param arguments interface and hop limit
  static void main(String[] arguments) throws IOException {
    int index = InterfaceIndex.of(arguments[0]);
    int file = Libc.socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
    try (Arena arena = Arena.ofConfined()) {
      set(arena, file, IPV6_MULTICAST_HOPS, Integer.parseInt(arguments[1]));
      set(arena, file, IPV6_MULTICAST_IF, index);
      MemorySegment message = arena.allocate(16); // The kernel writes the checksum.
      message.set(ValueLayout.JAVA_BYTE, 0, ADVERTISEMENT);
      MemorySegment to = arena.allocate(28, 4); // struct sockaddr_in6 of ff02::1
      to.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET6);
      to.set(ValueLayout.JAVA_BYTE, 8, (byte) 0xFF);
      to.set(ValueLayout.JAVA_BYTE, 9, (byte) 0x02);
      to.set(ValueLayout.JAVA_BYTE, 23, (byte) 0x01);
      to.set(ValueLayout.JAVA_INT, 24, index);
      Libc.send(file, message, to);
    } finally {
      Libc.close(file);
    }
  }

  private static void set(Arena arena, int file, int option, int value) throws IOException {
    Libc.setOption(file, IPPROTO_IPV6, option, arena.allocateFrom(ValueLayout.JAVA_INT, value));
  }
}
