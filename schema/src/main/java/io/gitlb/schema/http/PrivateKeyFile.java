// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.nio.file.Path;
import java.security.PrivateKey;

/// A private key in a PEM file: PKCS #8, PKCS #1 or SEC 1, not encrypted; RSA, EC or Ed25519.
public final class PrivateKeyFile {

  private PrivateKeyFile() {}

  /// What came of reading one.
  public sealed interface Read {

    record Usable(PrivateKey key) implements Read {

      /// Without the key.
      @Override
      public String toString() {
        return "Usable[" + key.getAlgorithm() + "]";
      }
    }

    /// @param message names the file and says what is wrong with it, not what it holds
    record Unusable(String message) implements Read {}
  }

  public static Read read(Path file) {
    return PemFiles.readKey(file);
  }
}
