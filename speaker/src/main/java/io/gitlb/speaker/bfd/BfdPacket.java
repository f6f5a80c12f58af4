// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

/// The mandatory part of a control packet (RFC 5880 section 4.1).
///
///      0                   1                   2                   3
///     |Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
///     |                       My Discriminator                        |
///     |                      Your Discriminator                       |
///     |                    Desired Min TX Interval                    |
///     |                   Required Min RX Interval                    |
///     |                 Required Min Echo RX Interval                 |
///
/// @param diagnostic 0 to 31
/// @param flags of [#POLL], [#FINAL], [#CONTROL_PLANE_INDEPENDENT], [#AUTHENTICATED], [#DEMAND]
/// @param detectMultiplier 1 to 255
/// @param myDiscriminator not 0
/// @param desiredMinTxMicros 0 to 2^32 - 1
/// @param requiredMinRxMicros 0 to 2^32 - 1
/// @param requiredMinEchoRxMicros 0 to 2^32 - 1
public record BfdPacket(
    int diagnostic,
    SessionState state,
    int flags,
    int detectMultiplier,
    int myDiscriminator,
    int yourDiscriminator,
    long desiredMinTxMicros,
    long requiredMinRxMicros,
    long requiredMinEchoRxMicros) {

  public static final int POLL = 0x20;
  public static final int FINAL = 0x10;
  public static final int CONTROL_PLANE_INDEPENDENT = 0x08;
  public static final int AUTHENTICATED = 0x04;
  public static final int DEMAND = 0x02;

  private static final int ALL_FLAGS = 0x3E;
  private static final long MAX_U32 = 0xFFFF_FFFFL;

  public BfdPacket {
    check(diagnostic, 0, 31);
    check(detectMultiplier, 1, 255);
    check(desiredMinTxMicros, 0, MAX_U32);
    check(requiredMinRxMicros, 0, MAX_U32);
    check(requiredMinEchoRxMicros, 0, MAX_U32);
    if ((flags & ~ALL_FLAGS) != 0 || myDiscriminator == 0) {
      throw new IllegalArgumentException("flags " + flags + ", discriminator " + myDiscriminator);
    }
  }

  /// Whether one of the flags is set.
  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  private static void check(long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(value + " is not in " + least + " to " + most);
    }
  }
}
