// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// A key ring of the real `gpg` for one test. Closing stops the agent that it started.
final class GpgHome implements AutoCloseable {

  private final Path home;

  private GpgHome(Path home) {
    this.home = home;
  }

  static GpgHome create(Path home) {
    try {
      Files.createDirectory(
          home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new GpgHome(home);
  }

  private List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "gpg",
                "--homedir",
                home.toString(),
                "--batch",
                "--quiet",
                "--no-tty",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                ""));
    command.addAll(List.of(arguments));
    return command;
  }

  String run(String... arguments) {
    return Tool.run(command(arguments));
  }

  /// Makes a key and gives its fingerprint.
  ///
  /// @param options before the command, such as a date
  String key(String user, String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--quick-gen-key", user, "ed25519", "sign", "never"));
    run(arguments.toArray(new String[0]));
    return run("--with-colons", "--list-keys", user)
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .findFirst()
        .orElseThrow()
        .split(":")[9];
  }

  Path export(Path file, String... keys) {
    List<String> arguments =
        new ArrayList<>(List.of("--yes", "--armor", "--output", file.toString(), "--export"));
    arguments.addAll(List.of(keys));
    run(arguments.toArray(new String[0]));
    return file;
  }

  /// Takes the revocation that gpg made with the key.
  void revoke(String fingerprint) {
    Path made = home.resolve("openpgp-revocs.d").resolve(fingerprint + ".rev");
    try {
      // A colon keeps people from importing it by accident.
      Path usable = home.resolve("usable.rev");
      Files.writeString(usable, Files.readString(made).replace(":-----", "-----"));
      run("--import", usable.toString());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// A program for git's `gpg.program`.
  Path program(Path file) {
    try {
      Files.writeString(
          file,
          "#!/bin/sh\nexec gpg --homedir '%s' --batch --no-tty --pinentry-mode loopback --passphrase '' \"$@\"\n"
              .formatted(home));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
      return file;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    Tool.run(List.of("gpgconf", "--homedir", home.toString(), "--kill", "gpg-agent"));
  }
}
