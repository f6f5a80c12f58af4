// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Looks at a private key for SSH before the library does, whose complaint about a key that it
/// cannot use is that the server refused it.
final class SshKeyFile {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(.*?)-----END", Pattern.DOTALL);

  private static final String OPENSSH = "OPENSSH PRIVATE KEY";

  /// OpenSSH's PROTOCOL.key: this, then the cipher's name with its length in four octets.
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] NO_CIPHER = {0, 0, 0, 4, 'n', 'o', 'n', 'e'};

  private static final long MAX_BYTES = 64L * 1024;

  private SshKeyFile() {}

  /// What is wrong with it, in words that follow the file's name; empty when it can be tried.
  static Optional<String> problem(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        return Optional.of("is too large for a private key");
      }
      Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
      if (!block.find()) {
        return Optional.of(
            "holds no private key (BEGIN ... PRIVATE KEY); a public one (.pub) does not do");
      }
      return isEncrypted(block.group(1), block.group(2))
          ? Optional.of(
              "is protected by a passphrase, which nobody could type here; remove it: ssh-keygen -p -N '' -f FILE")
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of("is missing or not readable");
    }
  }

  private static boolean isEncrypted(String kind, String content) {
    if (!kind.equals(OPENSSH)) {
      return kind.startsWith("ENCRYPTED") || content.contains("ENCRYPTED");
    }
    try {
      byte[] octets = Base64.getMimeDecoder().decode(content.strip());
      int end = MAGIC.length + NO_CIPHER.length;
      return octets.length > end
          && Arrays.equals(octets, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
          && !Arrays.equals(octets, MAGIC.length, end, NO_CIPHER, 0, NO_CIPHER.length);
    } catch (IllegalArgumentException _) {
      // Damaged: the library says so.
      return false;
    }
  }
}
