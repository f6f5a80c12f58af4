// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// An immutable run of octets that compares by content, which an array in a record does not.
public final class Octets {

  /// No octets at all.
  public static final Octets EMPTY = new Octets(new byte[0]);

  private final byte[] octets;

  private Octets(byte[] octets) {
    this.octets = octets;
  }

  /// A copy of the array.
  public static Octets of(byte[] octets) {
    return octets.length == 0 ? EMPTY : new Octets(octets.clone());
  }

  /// What is left of the buffer, which is moved to its limit.
  static Octets remaining(ByteBuffer in) {
    byte[] octets = new byte[in.remaining()];
    in.get(octets);
    return octets.length == 0 ? EMPTY : new Octets(octets);
  }

  /// A big-endian 16-bit number.
  static Octets ofShort(int number) {
    return new Octets(new byte[] {(byte) (number >>> 8), (byte) number});
  }

  /// The number of octets.
  public int length() {
    return octets.length;
  }

  /// The beginning, of at most that many octets.
  Octets first(int most) {
    return octets.length <= most ? this : new Octets(Arrays.copyOf(octets, most));
  }

  /// A new array on each call.
  public byte[] toBytes() {
    return octets.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Octets that && Arrays.equals(octets, that.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /// Lower-case hexadecimal without separators.
  @Override
  public String toString() {
    return HexFormat.of().formatHex(octets);
  }
}
