// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.security.MessageDigest;
import java.util.Arrays;

/// What two sides of a session know and nobody else: the password of BGP's connections (RFC 2385)
/// or a key of BFD (RFC 5880 section 6.7). It compares by content and shows none of it, so that it
/// may stand in whatever is logged.
public final class Password {

  /// The most that Linux takes for TCP's MD5 signatures (TCP_MD5SIG_MAXKEYLEN).
  public static final int MAX_OCTETS = 80;

  private final byte[] octets;

  private Password(byte[] octets) {
    this.octets = octets;
  }

  /// A copy of the array.
  ///
  /// @param octets 1 to 80
  /// @throws IllegalArgumentException when there are none, or more
  public static Password of(byte[] octets) {
    if (octets.length == 0 || octets.length > MAX_OCTETS) {
      throw new IllegalArgumentException(
          "a password has 1 to " + MAX_OCTETS + " octets, not " + octets.length);
    }
    return new Password(octets.clone());
  }

  /// The first line without its end: editors and `echo` put one there, routers know of none.
  ///
  /// @throws IllegalArgumentException when that has not 1 to 80 octets
  public static Password ofFirstLine(byte[] text) {
    int end = 0;
    while (end < text.length && text[end] != '\n' && text[end] != '\r') {
      end++;
    }
    return of(Arrays.copyOf(text, end));
  }

  /// A new array on each call.
  public byte[] toBytes() {
    return octets.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Password that && MessageDigest.isEqual(octets, that.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
