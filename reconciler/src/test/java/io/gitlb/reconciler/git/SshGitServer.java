// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// OpenSSH's server on loopback, with keys and configuration of its own, as the user who runs the
/// tests. What runs behind it is the real git.
final class SshGitServer implements AutoCloseable {

  private static final Path SSHD = Path.of("/usr/sbin/sshd");

  /// Where sshd, started by root, wants an empty directory.
  private static final Path PRIVILEGE_SEPARATION = Path.of("/run/sshd");

  private static final Duration START_LIMIT = Duration.ofSeconds(10);

  private final Path directory;
  private final int port;
  private final Process process;

  private SshGitServer(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /// Starts one.
  ///
  /// @param directory for its keys; must be new
  /// @param keyType as ssh-keygen calls it, for the host and for the client
  static SshGitServer start(Path directory, String keyType) {
    return start(directory, keyType, "");
  }

  /// One that runs a command of its own, whatever the client asks for.
  static SshGitServer forcing(Path directory, String command) {
    return start(directory, "ed25519", "ForceCommand " + command);
  }

  private static SshGitServer start(Path directory, String keyType, String more) {
    if (!Files.isExecutable(SSHD)) {
      throw new AssertionError(
          SSHD + " is missing. ./gitlb test installs it; by hand: apt-get install openssh-server");
    }
    try {
      Files.createDirectories(directory);
      makeKey(directory.resolve("host"), keyType);
      makeKey(directory.resolve("client"), keyType);
      makeKey(directory.resolve("stranger"), keyType);
      int port = freePort();
      Files.writeString(
          directory.resolve("known_hosts"),
          "[127.0.0.1]:%d %s".formatted(port, Files.readString(directory.resolve("host.pub"))));
      Files.writeString(
          directory.resolve("sshd_config"),
          """
          ListenAddress 127.0.0.1:%2$d
          HostKey %1$s/host
          AuthorizedKeysFile %1$s/client.pub
          PidFile none
          StrictModes no
          UsePAM no
          PasswordAuthentication no
          KbdInteractiveAuthentication no
          PermitRootLogin prohibit-password
          %3$s
          """
              .formatted(directory, port, more));
      if (System.getProperty("user.name").equals("root")) {
        Files.createDirectories(PRIVILEGE_SEPARATION);
      }
      Process process =
          new ProcessBuilder(
                  SSHD.toString(), "-D", "-e", "-f", directory.resolve("sshd_config").toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      SshGitServer server = new SshGitServer(directory, port, process);
      server.awaitListening();
      return server;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void makeKey(Path file, String type) {
    Tool.run(
        List.of("ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", file.toString()));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening() throws IOException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < end && process.isAlive()) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
    close();
    throw new AssertionError("sshd does not start: " + Files.readString(directory.resolve("log")));
  }

  String url(Path repository) {
    return "ssh://%s@127.0.0.1:%d%s".formatted(System.getProperty("user.name"), port, repository);
  }

  int port() {
    return port;
  }

  /// The key that the server lets in.
  Path clientKey() {
    return directory.resolve("client");
  }

  /// A key that it does not let in.
  Path strangersKey() {
    return directory.resolve("stranger");
  }

  Path knownHosts() {
    return directory.resolve("known_hosts");
  }

  /// The host key's fingerprint as OpenSSH prints it.
  String fingerprint() {
    return Tool.run(List.of("ssh-keygen", "-l", "-f", directory.resolve("host.pub").toString()))
        .split(" ")[1];
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
