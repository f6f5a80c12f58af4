// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Writes the forms of ASN.1 DER (ITU-T X.690) that a certificate needs.
final class Der {
  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  static byte[] tagged(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    int length = content.size();
    if (length < 0x80) {
      whole.write(length);
    } else if (length < 0x100) {
      whole.write(0x81);
      whole.write(length);
    } else {
      whole.write(0x82);
      whole.write(length >> 8);
      whole.write(length & 0xff);
    }
    whole.writeBytes(content.toByteArray());
    return whole.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return tagged(SEQUENCE, parts);
  }

  static byte[] set(byte[]... parts) {
    return tagged(SET, parts);
  }

  static byte[] integer(BigInteger value) {
    return tagged(INTEGER, value.toByteArray());
  }

  static byte[] yes() {
    return tagged(BOOLEAN, new byte[] {(byte) 0xff});
  }

  /// @param unusedBits at the end of the last byte
  static byte[] bitString(int unusedBits, byte[] bits) {
    return tagged(BIT_STRING, new byte[] {(byte) unusedBits}, bits);
  }

  static byte[] octetString(byte[] bytes) {
    return tagged(OCTET_STRING, bytes);
  }

  static byte[] utf8(String text) {
    return tagged(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] time(Instant instant) {
    return tagged(GENERALIZED_TIME, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
  }

  /// @param dotted such as `2.5.29.17`
  static byte[] objectIdentifier(String dotted) {
    String[] arcs = dotted.split("\\.");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 21; shift > 0; shift -= 7) {
        if (arc >> shift != 0) {
          bytes.write(0x80 | (arc >> shift & 0x7f));
        }
      }
      bytes.write(arc & 0x7f);
    }
    return tagged(OBJECT_IDENTIFIER, bytes.toByteArray());
  }
}
