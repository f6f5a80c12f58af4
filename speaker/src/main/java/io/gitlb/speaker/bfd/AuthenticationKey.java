// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.util.Arrays;

/// A shared secret by its number. Its text never shows the secret.
public final class AuthenticationKey {

  private final int id;
  private final byte[] secret;

  /// @param id 0 to 255
  /// @param secret 1 to 20 octets; a type with shorter digests takes no longer ones
  public AuthenticationKey(int id, byte[] secret) {
    if (id < 0 || id > 255 || secret.length < 1 || secret.length > 20) {
      throw new IllegalArgumentException("key " + id + " of " + secret.length + " octets");
    }
    this.id = id;
    this.secret = secret.clone();
  }

  /// The number that packets carry.
  public int id() {
    return id;
  }

  /// Filled up with zeros.
  byte[] padded(int octets) {
    if (secret.length > octets) {
      throw new IllegalArgumentException("key " + id + " is longer than " + octets + " octets");
    }
    return Arrays.copyOf(secret, octets);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AuthenticationKey that
        && id == that.id
        && Arrays.equals(secret, that.secret);
  }

  @Override
  public int hashCode() {
    return 31 * id + Arrays.hashCode(secret);
  }

  @Override
  public String toString() {
    return "key " + id;
  }
}
