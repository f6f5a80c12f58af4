// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Keys as ssh-keygen makes them.
final class SshKeys {

  private SshKeys() {}

  /// A private key without a passphrase, made when it is not there.
  static Path in(Path directory) throws IOException {
    Path key = Files.createDirectories(directory).resolve("id");
    if (!Files.exists(key)) {
      Tool.run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
    }
    return key;
  }
}
