// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Optional;

/// The few elements of DER (ITU-T X.690) that keys and development certificates are made of.
final class Der {

  /// RFC 5280 section 4.1.2.5: two digits of the year until 2049, four from then on.
  private static final Instant FOUR_DIGITS_FROM = Instant.parse("2050-01-01T00:00:00Z");

  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;

  private Der() {}

  /// Tag, length, content.
  static byte[] element(int tag, byte[]... contents) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    Arrays.stream(contents).forEach(content::writeBytes);
    ByteArrayOutputStream element = new ByteArrayOutputStream();
    element.write(tag);
    int length = content.size();
    if (length < 0x80) {
      element.write(length);
    } else {
      byte[] octets = BigInteger.valueOf(length).toByteArray();
      int skip = octets[0] == 0 ? 1 : 0;
      element.write(0x80 | (octets.length - skip));
      element.write(octets, skip, octets.length - skip);
    }
    element.writeBytes(content.toByteArray());
    return element.toByteArray();
  }

  static byte[] sequence(byte[]... contents) {
    return element(SEQUENCE, contents);
  }

  static byte[] integer(BigInteger value) {
    return element(0x02, value.toByteArray());
  }

  static byte[] integer(int value) {
    return integer(BigInteger.valueOf(value));
  }

  static byte[] octetString(byte[] value) {
    return element(OCTET_STRING, value);
  }

  /// With no unused bits.
  static byte[] bitString(byte[] value) {
    return element(0x03, new byte[] {0}, value);
  }

  static byte[] utf8(String value) {
    return element(0x0C, value.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] nothing() {
    return element(0x05);
  }

  static byte[] yes() {
    return element(0x01, new byte[] {(byte) 0xFF});
  }

  /// Whole seconds; a fraction is cut off.
  static byte[] time(Instant instant) {
    return instant.isBefore(FOUR_DIGITS_FROM)
        ? element(0x17, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII))
        : element(0x18, GENERALIZED_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
  }

  /// From its dotted decimal form.
  static byte[] objectIdentifier(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          content.write((arc >>> shift & 0x7F) | 0x80);
        }
      }
      content.write(arc & 0x7F);
    }
    return element(OBJECT_IDENTIFIER, content.toByteArray());
  }

  /// The content of the element that the octets begin with.
  ///
  /// @return empty when it has another tag, or is cut short
  static Optional<byte[]> content(byte[] octets, int tag) {
    return span(octets, 0)
        .filter(_ -> (octets[0] & 0xFF) == tag)
        .map(span -> Arrays.copyOfRange(octets, span.start, span.end));
  }

  /// The whole first element with that tag among those that stand one after another.
  static Optional<byte[]> find(byte[] octets, int tag) {
    int at = 0;
    while (at < octets.length) {
      Optional<Span> span = span(octets, at);
      if (span.isEmpty()) {
        return Optional.empty();
      }
      if ((octets[at] & 0xFF) == tag) {
        return Optional.of(Arrays.copyOfRange(octets, at, span.get().end));
      }
      at = span.get().end;
    }
    return Optional.empty();
  }

  /// Where a content begins and ends.
  private record Span(int start, int end) {}

  private static Optional<Span> span(byte[] octets, int at) {
    if (at + 2 > octets.length) {
      return Optional.empty();
    }
    int length = octets[at + 1] & 0xFF;
    int start = at + 2;
    if (length >= 0x80) {
      int count = length & 0x7F;
      if (count == 0 || count > 3 || start + count > octets.length) {
        return Optional.empty();
      }
      length = new BigInteger(1, Arrays.copyOfRange(octets, start, start + count)).intValue();
      start += count;
    }
    return start + length > octets.length
        ? Optional.empty()
        : Optional.of(new Span(start, start + length));
  }
}
