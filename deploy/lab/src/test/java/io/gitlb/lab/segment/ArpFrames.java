// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// ARP frames as octets (RFC 826), written for the judges on purpose apart from the speaker's.
final class ArpFrames {

  static final int LENGTH = 42;

  private static final int OPERATION = 20;
  private static final int SENDER_MAC = 22;
  private static final int SENDER = 28;
  private static final int TARGET = 38;
  private static final int REPLY = 2;

  private ArpFrames() {}

  /// "Who has `target`, tell `sender`", to everybody.
  static byte[] request(MacAddress senderMac, Ipv4 sender, Ipv4 target) {
    return ByteBuffer.allocate(LENGTH)
        .put(MacAddress.BROADCAST.toBytes())
        .put(senderMac.toBytes())
        .putShort((short) 0x0806)
        .putShort((short) 1)
        .putShort((short) 0x0800)
        .put((byte) 6)
        .put((byte) 4)
        .putShort((short) 1)
        .put(senderMac.toBytes())
        .put(sender.toBytes())
        .put(new byte[6])
        .put(target.toBytes())
        .array();
  }

  /// Changes the target of a request in place.
  static void retarget(byte[] request, int target) {
    ByteBuffer.wrap(request).putInt(TARGET, target);
  }

  /// Changes who asks in place.
  static void resender(byte[] request, int sender) {
    ByteBuffer.wrap(request).putInt(SENDER, sender);
  }

  /// The last octet of the address that is asked for, or answered to.
  static int lastOctetOfTarget(byte[] frame) {
    return Byte.toUnsignedInt(frame[TARGET + 3]);
  }

  static boolean isReply(byte[] frame) {
    return frame[OPERATION + 1] == REPLY;
  }

  /// The address that the sender says it has.
  static Ipv4 sender(byte[] frame) {
    return new Ipv4(ByteBuffer.wrap(frame).getInt(SENDER));
  }

  /// The address that is asked for.
  static Ipv4 target(byte[] frame) {
    return new Ipv4(ByteBuffer.wrap(frame).getInt(TARGET));
  }

  /// Whether it asks who uses an address that nobody may have (RFC 5227 section 1.1).
  static boolean isProbe(byte[] frame) {
    return !isReply(frame) && ByteBuffer.wrap(frame).getInt(SENDER) == 0;
  }

  /// Whether the sender speaks of its own address: a gratuitous frame, whichever its operation.
  static boolean isGratuitous(byte[] frame) {
    ByteBuffer octets = ByteBuffer.wrap(frame);
    return octets.getInt(SENDER) == octets.getInt(TARGET);
  }

  static MacAddress senderMac(byte[] frame) {
    return MacAddress.ofBytes(Arrays.copyOfRange(frame, SENDER_MAC, SENDER));
  }
}
