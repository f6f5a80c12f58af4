// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.util.Arrays;
import java.util.Optional;

/// The text forms of addresses: RFC 4291 section 2.2 read, RFC 5952 written.
final class IpAddressText {

  private static final int GROUPS = 8;

  private IpAddressText() {}

  static Optional<Ipv4> parseIpv4(String text) {
    int bits = 0;
    int octets = 0;
    int position = 0;
    while (true) {
      int start = position;
      int octet = 0;
      while (position < text.length() && isDecimalDigit(text.charAt(position))) {
        octet = octet * 10 + (text.charAt(position) - '0');
        position++;
        if (position - start > 3) {
          return Optional.empty();
        }
      }
      int digits = position - start;
      // A leading zero is read as octal elsewhere, so it is refused.
      if (digits == 0 || octet > 255 || (digits > 1 && text.charAt(start) == '0')) {
        return Optional.empty();
      }
      bits = bits << 8 | octet;
      octets++;
      if (octets == 4) {
        return position == text.length() ? Optional.of(new Ipv4(bits)) : Optional.empty();
      }
      if (position == text.length() || text.charAt(position) != '.') {
        return Optional.empty();
      }
      position++;
    }
  }

  static Optional<Ipv6> parseIpv6(String text) {
    int compression = text.indexOf("::");
    if (compression < 0) {
      return parseGroups(text, GROUPS, GROUPS).map(IpAddressText::toAddress);
    }
    if (text.indexOf("::", compression + 1) >= 0) {
      return Optional.empty();
    }
    // "::" stands for at least one group, so at most seven are written.
    Optional<int[]> head = parseGroups(text.substring(0, compression), 0, GROUPS - 1);
    Optional<int[]> tail = parseGroups(text.substring(compression + 2), 0, GROUPS - 1);
    if (head.isEmpty() || tail.isEmpty() || head.get().length + tail.get().length >= GROUPS) {
      return Optional.empty();
    }
    if (text.substring(0, compression).indexOf('.') >= 0) {
      return Optional.empty();
    }
    int[] groups = new int[GROUPS];
    System.arraycopy(head.get(), 0, groups, 0, head.get().length);
    System.arraycopy(tail.get(), 0, groups, GROUPS - tail.get().length, tail.get().length);
    return Optional.of(toAddress(groups));
  }

  private static Optional<int[]> parseGroups(String text, int least, int most) {
    int[] groups = new int[GROUPS];
    int count = 0;
    if (!text.isEmpty()) {
      String[] parts = text.split(":", -1);
      for (int i = 0; i < parts.length; i++) {
        String part = parts[i];
        boolean last = i == parts.length - 1;
        if (last && part.indexOf('.') >= 0) {
          Optional<Ipv4> embedded = parseIpv4(part);
          if (embedded.isEmpty() || count + 2 > most) {
            return Optional.empty();
          }
          groups[count++] = embedded.get().bits() >>> 16;
          groups[count++] = embedded.get().bits() & 0xFFFF;
        } else {
          int group = parseHexGroup(part);
          if (group < 0 || count + 1 > most) {
            return Optional.empty();
          }
          groups[count++] = group;
        }
      }
    }
    return count < least ? Optional.empty() : Optional.of(Arrays.copyOf(groups, count));
  }

  private static int parseHexGroup(String part) {
    if (part.isEmpty() || part.length() > 4) {
      return -1;
    }
    int group = 0;
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      boolean hexadecimal = isDecimalDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!hexadecimal) {
        return -1;
      }
      group = group << 4 | Character.digit(c, 16);
    }
    return group;
  }

  private static boolean isDecimalDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static Ipv6 toAddress(int[] groups) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < 4; i++) {
      high = high << 16 | groups[i];
      low = low << 16 | groups[i + 4];
    }
    return new Ipv6(high, low);
  }

  static String formatIpv6(Ipv6 address) {
    int bestStart = -1;
    // RFC 5952 section 4.2.2: a single zero group is not shortened.
    int bestLength = 1;
    int start = -1;
    for (int i = 0; i <= GROUPS; i++) {
      if (i < GROUPS && address.group(i) == 0) {
        start = start < 0 ? i : start;
      } else if (start >= 0) {
        if (i - start > bestLength) {
          bestStart = start;
          bestLength = i - start;
        }
        start = -1;
      }
    }
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < GROUPS) {
      if (i == bestStart) {
        text.append("::");
        i += bestLength;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(address.group(i)));
        i++;
      }
    }
    return text.toString();
  }
}
