// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.math.BigInteger;
import java.util.Optional;

/// An address prefix with its host bits zero, such as `192.0.2.0/24`.
///
/// @param address the first address; host bits given here are masked off
/// @param length 0 to 32 or 128 bits
public record IpPrefix(IpAddress address, int length) implements Comparable<IpPrefix> {

  public IpPrefix {
    if (length < 0 || length > address.family().bits()) {
      throw new IllegalArgumentException(
          "a prefix of "
              + address.family()
              + " has 0 to "
              + address.family().bits()
              + " bits, not "
              + length);
    }
    int host = address.family().bits() - length;
    if (host > 0) {
      address =
          IpAddress.ofNumber(address.family(), address.toNumber().shiftRight(host).shiftLeft(host));
    }
  }

  /// The prefix of full length that holds this address alone.
  public static IpPrefix host(IpAddress address) {
    return new IpPrefix(address, address.family().bits());
  }

  /// Reads `address/length`; host bits are masked off, as MetalLB does.
  ///
  /// @return empty when the text is anything else; a bare address is not a prefix
  public static Optional<IpPrefix> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || slash + 4 < text.length() || slash + 1 == text.length()) {
      return Optional.empty();
    }
    String digits = text.substring(slash + 1);
    boolean decimal = digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!decimal || (digits.length() > 1 && digits.startsWith("0"))) {
      return Optional.empty();
    }
    int length = Integer.parseInt(digits);
    return IpAddress.parse(text.substring(0, slash))
        .filter(address -> length <= address.family().bits())
        .map(address -> new IpPrefix(address, length));
  }

  /// For literals in code.
  ///
  /// @throws IllegalArgumentException when `text` is not a prefix
  public static IpPrefix of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("not an IP prefix: " + text));
  }

  /// The family of the addresses.
  public IpFamily family() {
    return address.family();
  }

  /// The last address of the prefix.
  public IpAddress last() {
    int host = family().bits() - length;
    return IpAddress.ofNumber(
        family(), address.toNumber().or(BigInteger.ONE.shiftLeft(host).subtract(BigInteger.ONE)));
  }

  /// All addresses of the prefix.
  public IpRange toRange() {
    return new IpRange(address, last());
  }

  /// Whether the address is of this family and inside.
  public boolean contains(IpAddress other) {
    return toRange().contains(other);
  }

  @Override
  public int compareTo(IpPrefix other) {
    int byAddress = address.compareTo(other.address);
    return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
  }

  /// `address/length`.
  @Override
  public String toString() {
    return address + "/" + length;
  }
}
