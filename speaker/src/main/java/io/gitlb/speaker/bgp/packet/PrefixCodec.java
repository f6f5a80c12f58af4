// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Prefixes as bit length and as many octets as that needs (RFC 4271 section 4.3).
final class PrefixCodec {

  private PrefixCodec() {}

  /// All prefixes up to the limit of the buffer. Host bits are ignored.
  ///
  /// @return empty when a bit length is out of range or the octets end inside a prefix
  static Optional<List<IpPrefix>> decode(IpFamily family, ByteBuffer in) {
    byte[] address = new byte[family.bits() / 8];
    // Room for as many as there are when all are hosts.
    List<IpPrefix> prefixes = new ArrayList<>(in.remaining() / (1 + address.length));
    while (in.hasRemaining()) {
      int bits = in.get() & 0xFF;
      int octets = octets(bits);
      if (bits > family.bits() || octets > in.remaining()) {
        return Optional.empty();
      }
      in.get(address, 0, octets);
      Arrays.fill(address, octets, address.length, (byte) 0);
      prefixes.add(new IpPrefix(IpAddress.ofBytes(address), bits));
    }
    return Optional.of(prefixes);
  }

  static byte[] encode(List<IpPrefix> prefixes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(prefixes.size() * 5);
    for (IpPrefix prefix : prefixes) {
      out.write(prefix.length());
      out.write(prefix.address().toBytes(), 0, octets(prefix.length()));
    }
    return out.toByteArray();
  }

  /// The octets of the whole prefix, its length octet included.
  static int encodedLength(IpPrefix prefix) {
    return 1 + octets(prefix.length());
  }

  private static int octets(int bits) {
    return (bits + 7) / 8;
  }
}
