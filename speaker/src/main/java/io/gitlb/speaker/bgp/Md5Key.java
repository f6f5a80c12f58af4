// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import java.util.Arrays;

/// The secret of TCP's MD5 signatures (RFC 2385). It compares by content and shows none of it.
public final class Md5Key {

  /// The most that Linux takes (TCP_MD5SIG_MAXKEYLEN).
  public static final int MAX_LENGTH = 80;

  private final byte[] octets;

  private Md5Key(byte[] octets) {
    this.octets = octets;
  }

  /// A copy of the array.
  ///
  /// @param octets 1 to 80
  public static Md5Key of(byte[] octets) {
    if (octets.length == 0 || octets.length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "an MD5 password has 1 to " + MAX_LENGTH + " octets, not " + octets.length);
    }
    return new Md5Key(octets.clone());
  }

  /// A new array on each call.
  public byte[] toBytes() {
    return octets.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Md5Key that && Arrays.equals(octets, that.octets);
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
