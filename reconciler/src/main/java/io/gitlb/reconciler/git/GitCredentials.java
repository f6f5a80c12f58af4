// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.nio.file.Path;
import java.util.Optional;

/// How we prove who we are to a Git server, and how it proves who it is. Files, so that secrets are
/// mounted and rotated without a restart; each is read anew for every operation.
///
/// @param user for http(s); servers that take a token mostly accept any name
/// @param passwordFile password or token for http(s), surrounding white space is ignored
/// @param caFile PEM certificates that https servers are checked against, in place of the JVM's
/// @param sshKeyFile private key without a passphrase
/// @param knownHostsFile OpenSSH's format; a server whose key is not in it is refused
/// @param http what else http(s) may want
public record GitCredentials(
    Optional<String> user,
    Optional<Path> passwordFile,
    Optional<Path> caFile,
    Optional<Path> sshKeyFile,
    Optional<Path> knownHostsFile,
    HttpAccess http) {

  /// With nothing special for http(s).
  public GitCredentials(
      Optional<String> user,
      Optional<Path> passwordFile,
      Optional<Path> caFile,
      Optional<Path> sshKeyFile,
      Optional<Path> knownHostsFile) {
    this(user, passwordFile, caFile, sshKeyFile, knownHostsFile, HttpAccess.PLAIN);
  }

  /// For repositories by file, and public ones.
  public static final GitCredentials NONE =
      new GitCredentials(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// SSH with a key.
  public static GitCredentials ssh(Path keyFile, Path knownHostsFile) {
    return new GitCredentials(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(keyFile),
        Optional.of(knownHostsFile));
  }

  /// http(s) with a user and a password or token.
  public static GitCredentials http(String user, Path passwordFile) {
    return new GitCredentials(
        Optional.of(user),
        Optional.of(passwordFile),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// The same with an own certificate authority for https.
  public GitCredentials withCa(Path file) {
    return new GitCredentials(
        user, passwordFile, Optional.of(file), sshKeyFile, knownHostsFile, http);
  }

  /// The same with something special for http(s).
  public GitCredentials with(HttpAccess access) {
    return new GitCredentials(user, passwordFile, caFile, sshKeyFile, knownHostsFile, access);
  }
}
