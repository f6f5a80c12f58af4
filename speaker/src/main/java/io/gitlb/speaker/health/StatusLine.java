// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.health;

import java.nio.charset.StandardCharsets;

/// The beginning of an HTTP/1 answer (RFC 9112 section 4).
public sealed interface StatusLine {

  /// `HTTP/1.x` and a blank, three digits.
  int LENGTH = 12;

  /// Nothing is wrong so far, but the status is not there yet.
  record Incomplete() implements StatusLine {}

  /// @param status 100 to 599
  record Complete(int status) implements StatusLine {}

  /// Not HTTP/1.
  record Malformed() implements StatusLine {}

  /// @param octets what came first
  /// @param length how many of them are there
  static StatusLine read(byte[] octets, int length) {
    String text = new String(octets, 0, Math.min(length, LENGTH), StandardCharsets.ISO_8859_1);
    String pattern = "HTTP/1.# ###";
    for (int i = 0; i < text.length(); i++) {
      char expected = pattern.charAt(i);
      char found = text.charAt(i);
      boolean fits = expected == '#' ? found >= '0' && found <= '9' : found == expected;
      if (!fits) {
        return new Malformed();
      }
    }
    if (text.length() < LENGTH) {
      return new Incomplete();
    }
    int status = Integer.parseInt(text.substring(LENGTH - 3));
    return status >= 100 && status <= 599 ? new Complete(status) : new Malformed();
  }
}
