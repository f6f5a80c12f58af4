// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Password;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads the passwords of BGP peers from files that something else puts there, such as a mounted
/// Secret or Vault's agent, and replaces while we run.
final class PasswordFiles {

  /// More than the longest password and the end of its line.
  private static final int READ_OCTETS = 256;

  private PasswordFiles() {}

  /// The first line, without its end.
  ///
  /// @throws IllegalArgumentException when there is none that can be a password, with what to do
  static Password read(String path) {
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      return Password.ofFirstLine(in.readNBytes(READ_OCTETS));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the password file " + path + " cannot be read (" + e + "): mount it into the speaker",
          e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the first line of the password file " + path + ": " + e.getMessage(), e);
    }
  }

  /// What the files hold that a state's peers name; empty where that can be no password.
  static SortedMap<String, Optional<Password>> of(DesiredState state) {
    SortedMap<String, Optional<Password>> found = new TreeMap<>();
    for (PeerSettings peer : state.peers()) {
      if (peer.extras().password().orElse(null) instanceof PeerPassword.InFile(String path)) {
        found.put(path, ifThere(path));
      }
    }
    return found;
  }

  private static Optional<Password> ifThere(String path) {
    try {
      return Optional.of(read(path));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // Told when the peer's settings are used.
    }
  }
}
