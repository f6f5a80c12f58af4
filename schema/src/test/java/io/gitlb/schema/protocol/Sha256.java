// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The digest, computed apart from the code under test.
final class Sha256 {

  private Sha256() {}

  static String hex(byte[] octets) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
