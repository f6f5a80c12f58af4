// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/// Programs for the kernel's classic packet filter that let in what has come few hops (RFC 5881
/// section 5, RFC 5883 section 5). A UDP socket does not heed IP_MINTTL, so they load the octet.
final class SocketFilter {

  // linux/filter.h: where the network header begins, whatever the kernel has pulled already.
  private static final int SKF_NET_OFF = -0x10_0000;

  private static final int INSTRUCTION_OCTETS = 8;
  private static final int MAX_INSTRUCTIONS = 4_096;

  private static final int LOAD_WORD = 0x20;
  private static final int LOAD_OCTET = 0x30;
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_NOT_BELOW = 0x35;
  private static final int RETURN = 0x06;
  private static final int WHOLE_PACKET = 0xFFFF;

  private final boolean ipv4;
  private final ByteArrayOutputStream program = new ByteArrayOutputStream();

  private SocketFilter(boolean ipv4) {
    this.ipv4 = ipv4;
  }

  /// From anybody with at least that TTL or hop limit.
  static byte[] anyone(boolean ipv4, int minimumTtl) {
    SocketFilter filter = new SocketFilter(ipv4);
    filter.judge(minimumTtl);
    return filter.program.toByteArray();
  }

  /// From these with at least theirs, and from nobody else.
  ///
  /// @param minimums sender, all of the family → its least TTL or hop limit (1:1)
  /// @throws IllegalArgumentException when they are more than the kernel takes, some 340
  static byte[] only(boolean ipv4, Map<InetAddress, Integer> minimums) {
    SocketFilter filter = new SocketFilter(ipv4);
    minimums.forEach(filter::sender);
    filter.add(RETURN, 0, 0, 0);
    if (filter.program.size() > MAX_INSTRUCTIONS * INSTRUCTION_OCTETS) {
      throw new IllegalArgumentException(
          minimums.size() + " peers at one address of ours are more than the kernel filters");
    }
    return filter.program.toByteArray();
  }

  private void sender(InetAddress address, int minimumTtl) {
    ByteBuffer words = ByteBuffer.wrap(address.getAddress());
    int left = words.remaining() / Integer.BYTES;
    for (int at = ipv4 ? 12 : 8; words.hasRemaining(); at += Integer.BYTES) {
      left--;
      add(LOAD_WORD, 0, 0, SKF_NET_OFF + at);
      // Past the rest of the words, two instructions each, and the four of the judgement.
      add(JUMP_EQUAL, 0, 2 * left + 4, words.getInt());
    }
    judge(minimumTtl);
  }

  private void judge(int minimumTtl) {
    add(LOAD_OCTET, 0, 0, SKF_NET_OFF + (ipv4 ? 8 : 7));
    add(JUMP_NOT_BELOW, 0, 1, minimumTtl);
    add(RETURN, 0, 0, WHOLE_PACKET);
    add(RETURN, 0, 0, 0);
  }

  private void add(int code, int yes, int no, int operand) {
    byte[] octets = new byte[INSTRUCTION_OCTETS];
    ByteBuffer.wrap(octets)
        .order(ByteOrder.nativeOrder())
        .putShort((short) code)
        .put((byte) yes)
        .put((byte) no)
        .putInt(operand);
    program.writeBytes(octets);
  }
}
