// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The octets of a body. Equal when the octets are equal.
public final class HttpBody {

  public static final HttpBody EMPTY = new HttpBody(new byte[0]);

  private final byte[] octets;

  private HttpBody(byte[] octets) {
    this.octets = octets;
  }

  /// Takes the array as it is; the caller no longer changes it. Bodies are large: no copy.
  public static HttpBody of(byte[] octets) {
    return new HttpBody(octets);
  }

  /// In UTF-8.
  public static HttpBody of(String text) {
    return new HttpBody(text.getBytes(StandardCharsets.UTF_8));
  }

  /// The array itself; the caller does not change it.
  public byte[] octets() {
    return octets;
  }

  /// The number of octets.
  public int length() {
    return octets.length;
  }

  /// Read as UTF-8.
  public String text() {
    return new String(octets, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HttpBody body && Arrays.equals(octets, body.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /// The length only: bodies may hold secrets.
  @Override
  public String toString() {
    return octets.length + " octets";
  }
}
