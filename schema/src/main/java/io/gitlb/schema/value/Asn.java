// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// A 4-octet autonomous system number (RFC 6793).
///
/// @param number 1 to 4,294,967,295
public record Asn(long number) implements Comparable<Asn> {

  /// Stands for a number above 65,535 in a 2-octet field (RFC 6793 section 9).
  public static final Asn TRANS = new Asn(23_456);

  public Asn {
    if (number < 1 || number > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException("an AS number is between 1 and 4294967295, not " + number);
    }
  }

  @Override
  public int compareTo(Asn other) {
    return Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Long.toString(number);
  }
}
