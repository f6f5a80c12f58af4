// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.nio.ByteBuffer;

/// Control packets to and from octets (RFC 5880 sections 4.1 and 6.8.6). Holds nothing.
public final class BfdCodec {

  /// Octets of the mandatory part.
  public static final int MANDATORY_OCTETS = 24;

  /// The most that a packet has: SHA1 authentication.
  public static final int MAX_OCTETS = MANDATORY_OCTETS + 28;

  static final int MULTIPOINT = 0x01;
  private static final int VERSION = 1;
  private static final int LEAST_AUTHENTICATED = 26;
  private static final long U32 = 0xFFFF_FFFFL;

  private BfdCodec() {}

  /// Reads from the buffer's position to its limit, which both stay. Octets behind the packet's own
  /// length are not looked at.
  public static Decoded decode(ByteBuffer in) {
    int at = in.position();
    int payload = in.remaining();
    if (payload < MANDATORY_OCTETS) {
      return new Decoded.Dropped(DropReason.TOO_SHORT);
    }
    int first = u8(in, at);
    int second = u8(in, at + 1);
    int length = u8(in, at + 3);
    if (first >> 5 != VERSION) {
      return new Decoded.Dropped(DropReason.WRONG_VERSION);
    }
    boolean authenticated = (second & BfdPacket.AUTHENTICATED) != 0;
    if (length < (authenticated ? LEAST_AUTHENTICATED : MANDATORY_OCTETS)) {
      return new Decoded.Dropped(DropReason.LENGTH_BELOW_MINIMUM);
    }
    if (length > payload) {
      return new Decoded.Dropped(DropReason.LENGTH_ABOVE_PAYLOAD);
    }
    return fields(in, at, first, second);
  }

  private static Decoded fields(ByteBuffer in, int at, int first, int second) {
    int multiplier = u8(in, at + 2);
    int both = BfdPacket.POLL | BfdPacket.FINAL;
    SessionState state = SessionState.ofCode(second >> 6);
    int mine = in.getInt(at + 4);
    int yours = in.getInt(at + 8);
    if (multiplier == 0) {
      return new Decoded.Dropped(DropReason.ZERO_MULTIPLIER);
    }
    if ((second & MULTIPOINT) != 0) {
      return new Decoded.Dropped(DropReason.MULTIPOINT);
    }
    if ((second & both) == both) {
      return new Decoded.Dropped(DropReason.POLL_AND_FINAL);
    }
    if (mine == 0) {
      return new Decoded.Dropped(DropReason.ZERO_MY_DISCRIMINATOR);
    }
    if (yours == 0 && (state == SessionState.INIT || state == SessionState.UP)) {
      return new Decoded.Dropped(DropReason.NO_YOUR_DISCRIMINATOR_WHILE_UP);
    }
    return new Decoded.Wellformed(
        new BfdPacket(
            first & 0x1F,
            state,
            second & 0x3E,
            multiplier,
            mine,
            yours,
            in.getInt(at + 12) & U32,
            in.getInt(at + 16) & U32,
            in.getInt(at + 20) & U32));
  }

  /// Writes the mandatory part at the buffer's position and moves that on. The buffer is big
  /// endian, as it is when made.
  ///
  /// @param length of the whole packet with its authentication
  public static void encode(BfdPacket packet, int length, ByteBuffer out) {
    out.put((byte) (VERSION << 5 | packet.diagnostic()));
    out.put((byte) (packet.state().code() << 6 | packet.flags()));
    out.put((byte) packet.detectMultiplier());
    out.put((byte) length);
    out.putInt(packet.myDiscriminator());
    out.putInt(packet.yourDiscriminator());
    out.putInt((int) packet.desiredMinTxMicros());
    out.putInt((int) packet.requiredMinRxMicros());
    out.putInt((int) packet.requiredMinEchoRxMicros());
  }

  static int u8(ByteBuffer in, int at) {
    return in.get(at) & 0xFF;
  }
}
