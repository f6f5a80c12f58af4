// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;

/// SSH with one key against one file of known hosts: no agent, no `~/.ssh`, no password.
final class SshAccess implements AutoCloseable {

  /// Where SSH would look for files that are not set; nothing is there.
  private static final File NOWHERE = new File("/nonexistent");

  private final KnownHosts knownHosts;
  private final SshdSessionFactory sessions;

  private SshAccess(Path keyFile, Path knownHostsFile) {
    knownHosts = new KnownHosts(knownHostsFile);
    sessions =
        new SshdSessionFactoryBuilder()
            .setHomeDirectory(NOWHERE)
            .setSshDirectory(NOWHERE)
            .setConfigStoreFactory((home, config, user) -> null)
            .setConnectorFactory(null)
            .setPreferredAuthentications("publickey")
            .setDefaultIdentities(_ -> List.of(keyFile))
            .setDefaultKnownHostsFiles(_ -> List.of(knownHostsFile))
            .setServerKeyDatabase((home, ssh) -> knownHosts)
            .build(null);
  }

  /// @throws GitProblemException when a file is not set or cannot be read
  static SshAccess of(RemoteUrl url, GitCredentials credentials) throws GitProblemException {
    Path key = readable(url, credentials.sshKeyFile(), "private key file");
    Optional<String> problem = SshKeyFile.problem(key);
    if (problem.isPresent()) {
      throw new GitProblemException(
          GitFailure.BAD_SETTINGS,
          "%s: the private key file %s %s".formatted(url, key, problem.get()));
    }
    return new SshAccess(key, readable(url, credentials.knownHostsFile(), "known hosts file"));
  }

  private static Path readable(RemoteUrl url, Optional<Path> file, String what)
      throws GitProblemException {
    if (file.isEmpty() || !Files.isReadable(file.get())) {
      throw new GitProblemException(
          GitFailure.BAD_SETTINGS,
          "%s: the %s is %s"
              .formatted(
                  url,
                  what,
                  file.map(path -> "missing or not readable: " + path)
                      .orElse("not set; SSH needs one")));
    }
    return file.get();
  }

  void configure(Transport transport) {
    if (transport instanceof SshTransport ssh) {
      ssh.setSshSessionFactory(sessions);
    }
  }

  /// The host key that was refused since the last call, in words.
  Optional<String> takeRefusedHostKey() {
    return knownHosts.takeRefused();
  }

  @Override
  public void close() {
    sessions.close();
  }
}
