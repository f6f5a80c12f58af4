// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.packet.AttributeFault.Treatment;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpReach;
import java.nio.ByteBuffer;
import java.util.List;

/// The body of an UPDATE (RFC 4271 section 4.3, faults as in RFC 7606).
final class UpdateCodec {

  private UpdateCodec() {}

  static Decoding.Decoded decode(ByteBuffer in, AsWidth asWidth) {
    List<IpPrefix> withdrawn = prefixes(lengthPrefixed(in));
    ByteBuffer attributes = lengthPrefixed(in);
    AttributeDecoder decoder = new AttributeDecoder(asWidth);
    decoder.decode(attributes);
    List<IpPrefix> nlri = prefixes(in);
    Update update = new Update(withdrawn, decoder.attributes(), nlri);
    boolean reach = update.attributes().stream().anyMatch(MpReach.class::isInstance);
    if (!nlri.isEmpty()) {
      missing(decoder, AttributeType.ORIGIN, AttributeType.AS_PATH, AttributeType.NEXT_HOP);
    } else if (reach) {
      missing(decoder, AttributeType.ORIGIN, AttributeType.AS_PATH);
    } else {
      refuseFaultsWithoutRoutes(decoder.faults());
    }
    return new Decoding.Decoded(update, decoder.faults());
  }

  /// A 16-bit length and that many octets; both lists of an UPDATE start like that.
  private static ByteBuffer lengthPrefixed(ByteBuffer in) {
    int length = in.remaining() < 2 ? -1 : in.getShort() & 0xFFFF; // 2
    if (length < 0 || length > in.remaining()) {
      throw new MalformedMessage(Notification.updateError(1, Octets.EMPTY));
    }
    ByteBuffer part = in.slice(in.position(), length);
    in.position(in.position() + length);
    return part;
  }

  private static List<IpPrefix> prefixes(ByteBuffer in) {
    return PrefixCodec.decode(IpFamily.IPV4, in)
        .orElseThrow(() -> new MalformedMessage(Notification.updateError(10, Octets.EMPTY)));
  }

  /// RFC 7606 section 3 (d): missing well-known attributes do not end the session.
  private static void missing(AttributeDecoder decoder, int... types) {
    for (int type : types) {
      if (!decoder.hasSeen(type)) {
        decoder.fault(type, "missing");
      }
    }
  }

  /// RFC 7606 section 5.2: with no route in sight to withdraw, nobody can tell what was meant.
  private static void refuseFaultsWithoutRoutes(List<AttributeFault> faults) {
    boolean serious = faults.stream().anyMatch(f -> f.treatment() == Treatment.TREAT_AS_WITHDRAW);
    if (serious) {
      throw new MalformedMessage(Notification.updateError(1, Octets.EMPTY));
    }
  }

  static byte[] encode(Update update, AsWidth asWidth) {
    byte[] withdrawn = PrefixCodec.encode(update.withdrawn());
    byte[] attributes = AttributeEncoder.encode(update.attributes(), asWidth);
    byte[] nlri = PrefixCodec.encode(update.nlri());
    return ByteBuffer.allocate(4 + withdrawn.length + attributes.length + nlri.length)
        .putShort((short) withdrawn.length)
        .put(withdrawn)
        .putShort((short) attributes.length)
        .put(attributes)
        .put(nlri)
        .array();
  }
}
