// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.Ipv4;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The body of an OPEN, with the long form of the optional parameters (RFC 9072) where a peer uses
/// it or ours do not fit 255 octets.
final class OpenCodec {

  private static final int CAPABILITIES = 2;
  private static final int EXTENDED = 255;

  /// Version, AS, hold time, identifier, parameters' length.
  private static final int FIXED = 10;

  private OpenCodec() {}

  static Open decode(ByteBuffer in) {
    if ((in.get() & 0xFF) != Open.VERSION) { // 1
      throw new MalformedMessage(Notification.unsupportedVersion());
    }
    int myAs = in.getShort() & 0xFFFF; // 3
    Duration holdTime = Duration.ofSeconds(in.getShort() & 0xFFFF); // 5
    Ipv4 identifier = new Ipv4(in.getInt()); // 9
    return new Open(myAs, holdTime, identifier, parameters(in));
  }

  private static List<Capability> parameters(ByteBuffer in) {
    int length = in.get() & 0xFF; // 10
    boolean extended =
        length != 0 && in.hasRemaining() && (in.get(in.position()) & 0xFF) == EXTENDED;
    if (extended) {
      in.get(); // 11, the type octet that marks the long form
      length = in.remaining() < 2 ? -1 : in.getShort() & 0xFFFF; // 13
    }
    // Octets behind the parameters are as wrong as parameters behind the message.
    if (length != in.remaining()) {
      throw new MalformedMessage(Notification.malformedOpen());
    }
    List<Capability> capabilities = new ArrayList<>();
    int lengthOctets = extended ? 2 : 1;
    while (in.hasRemaining()) {
      if (in.remaining() < 1 + lengthOctets) {
        throw new MalformedMessage(Notification.malformedOpen());
      }
      int type = in.get() & 0xFF; // 1
      int size = extended ? in.getShort() & 0xFFFF : in.get() & 0xFF; // 2 or 3
      if (size > in.remaining()) {
        throw new MalformedMessage(Notification.malformedOpen());
      }
      if (type != CAPABILITIES) {
        throw new MalformedMessage(Notification.unsupportedParameter());
      }
      CapabilityCodec.decode(in.slice(in.position(), size), capabilities);
      in.position(in.position() + size);
    }
    return capabilities;
  }

  static byte[] encode(Open open) {
    byte[] capabilities = CapabilityCodec.encode(open.capabilities());
    byte[] parameters = parameters(capabilities);
    return ByteBuffer.allocate(FIXED - 1 + parameters.length)
        .put((byte) Open.VERSION)
        .putShort((short) open.myAs())
        .putShort((short) open.holdTime().toSeconds())
        .putInt(open.identifier().bits())
        .put(parameters)
        .array();
  }

  /// The length octet and one parameter with all capabilities, as RFC 5492 section 4 prefers.
  private static byte[] parameters(byte[] capabilities) {
    int size = capabilities.length;
    if (size == 0) {
      return new byte[1];
    }
    if (size + 2 < EXTENDED) {
      return ByteBuffer.allocate(3 + size)
          .put((byte) (2 + size))
          .put((byte) CAPABILITIES)
          .put((byte) size)
          .put(capabilities)
          .array();
    }
    return ByteBuffer.allocate(7 + size)
        .put((byte) EXTENDED)
        .put((byte) EXTENDED)
        .putShort((short) (3 + size))
        .put((byte) CAPABILITIES)
        .putShort((short) size)
        .put(capabilities)
        .array();
  }
}
