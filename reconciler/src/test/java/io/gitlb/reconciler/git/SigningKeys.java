// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Keys that `ssh-keygen` makes for a test.
final class SigningKeys {

  private SigningKeys() {}

  /// A new private key without a passphrase; the public one is beside it, as `….pub`.
  ///
  /// @param type as `ssh-keygen -t` takes it
  static Path ssh(Path file, String type) {
    Tool.run(
        List.of("ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", file.toString()));
    return file;
  }

  static String publicKey(Path key) {
    try {
      return Files.readString(Path.of(key + ".pub")).strip();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// An allowed signers file for the git command.
  static Path allowedSigners(Path file, String... lines) {
    try {
      return Files.write(file, List.of(lines));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
